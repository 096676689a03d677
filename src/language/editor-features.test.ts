import { expect, test } from 'vitest';
import { someDatasets, someModels } from '../../test/fixtures/config/registries.ts';
import { parseConfig } from '../config/parse.ts';
import type { MachineFacts } from '../config/registries.ts';
import { defaultConfig } from '../config/schema/index.ts';
import { HEAD_NAMES } from '../heads/head.ts';
import { codeLenses } from './code-lenses.ts';
import { completion } from './completion.ts';
import type { LanguageContext } from './context.ts';
import { defaultDocument, defaultLine } from './default-document.ts';
import { applyEdits, removeKey, setKey } from './edits.ts';
import { effectiveDocument } from './effective-document.ts';
import { experimentYaml, TASKS, type Task } from './experiment.ts';
import { folds } from './folding.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlay-hints.ts';
import { type ConfigSymbol, symbols } from './symbols.ts';

const machine: MachineFacts = {
  dataRoot: '/d',
  datasets: new Map([
    ['gldv2', { state: 'present', counts: { images: 1000, classes: 10 } }],
    ['spo', { state: 'present' }],
    [
      'm4d-35k',
      { state: 'missing', what: 'm4d-35k_train.csv is not there', expected: 'm4d-35k_train.csv', page: '' },
    ],
  ]),
};
const context: LanguageContext = { models: someModels, datasets: someDatasets, machine };
const at = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];

/** The text with its hints in `«»`. */
function hinted(text: string): string {
  const hints = inlayHints(text, parseConfig(text, '', context), context);
  return applyEdits(
    text,
    hints.map(({ offset, label }) => ({ start: offset, end: offset, newText: `«${label}»` })),
  );
}

test('inlay hints: defaults of missing keys that count', () => {
  expect(hinted('MODEL:\n  HEAD:\n    name: AdaCos\nOPTIMIZER:\n  lr: 1e-3\n')).toBe(
    'MODEL:«embedding_dim 64, cloud_upload True»\n  HEAD:«dynamic_s True»\n    name: AdaCos\nOPTIMIZER:«name Adam, weight_decay 0.0001»\n  lr: 1e-3\n',
  );
});

test('inlay hints: steps, parameters and sizes where the data is known', () => {
  const text = `MODEL: {name: x, HEAD: {name: ArcFace, k: 3}}
DATASET: {names: [gldv2]}
DATALOADER: {batch_size: 128} # images
TRAIN: {epochs: 5}
SCHEDULER: {warmup_steps: 2}
`;
  expect(hinted(text)).toBe(
    `MODEL: {name: x«m?????_siglip-sovit400m_arcface3_openai-clip-aug_adam2e-03_cosine_linear», HEAD: {name: ArcFace«0.08 M trained parameters», k: 3}}
DATASET: {names: [gldv2]«1,000 images, 10 classes»}
DATALOADER: {batch_size: 128«8 steps per epoch»} # images
TRAIN: {epochs: 5«40 steps»}
SCHEDULER: {warmup_steps: 2«16 steps»}
`,
  );
  const backbone =
    'MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224}}\nDATASET: {names: [gldv2]}\n';
  expect(hinted(backbone)).toContain('vit_base_patch16_siglip_224«feature store 3.1 MB»');
  expect(hinted(`${backbone}EVAL: {hold_out: classes}\n`)).toContain('«feature store about 3.1 MB»');
  const heldOut = hinted(`${text}EVAL: {hold_out: classes, class_share: 0.5}\n`);
  expect(heldOut).toContain('gldv2]«1,000 images, 10 classes»');
  expect(heldOut).toContain('128«about 4 steps per epoch»');
  const tuned = hinted(
    'MODEL: {HEAD: {name: ArcFace}, BACKBONE: {freeze_backbone: False}}\nDATASET: {names: [gldv2]}\n',
  );
  expect(tuned).toContain('«428.30 M trained parameters»');
  const own =
    'MODEL: {HEAD: {name: ArcFace}, BACKBONE: {freeze_backbone: False, model_name: "local-dir:x"}}\n';
  expect(hinted(`${own}DATASET: {names: [gldv2]}\n`)).not.toContain('trained parameters');
});

test('inlay hints say nothing that follows from what cannot be read', () => {
  expect(hinted('MODEL: {name: x, HEAD: {k: 0}}\nDATASET: {names: [gldv2]}\n')).toContain('10 classes');
  expect(hinted('MODEL: {name: x, HEAD: {k: 0}}\nDATASET: {names: [gldv2]}\n')).not.toContain('m?????');
  expect(hinted('MODEL: {name: x}\nTRAIN: {epochs: many}\n')).toBe(
    'MODEL: {name: x}\nTRAIN: {epochs: many}\n',
  );
});

test('code lenses stand above the first section, for commands that exist', () => {
  const lenses = codeLenses(
    '# about\nSEED: 1\nMODEL: {}\n',
    new Set(['mdfe.train', 'mdfe.diffWithDefaults']),
  );
  expect(lenses.map((l) => [l.offset, l.title])).toEqual([
    [8, '$(play) Train'],
    [8, '$(diff) Diff with Defaults'],
  ]);
  expect(codeLenses('# nothing\n', new Set(['mdfe.train']))).toEqual([]);
  const sweep = codeLenses('SEED: 1\nSWEEP:\n', new Set(['mdfe.train', 'mdfe.trainSweep']));
  expect(sweep.map((l) => l.title)).toEqual(['$(run-all) Train Sweep', '$(play) Train']);
});

test('symbols nest as the text does', () => {
  const text = 'MODEL:\n  HEAD:\n    name: ArcFace\n  embedding_dim: 64\nSEED: 1\n';
  const names = (list: readonly ConfigSymbol[]): unknown[] =>
    list.map((s) => (s.children.length > 0 ? [s.name, names(s.children)] : `${s.name}=${s.detail}`));
  expect(names(symbols(text, parseConfig(text, '')))).toEqual([
    ['MODEL', [['HEAD', ['name=ArcFace']], 'embedding_dim=64']],
    'SEED=1',
  ]);
});

test('sections and comments fold', () => {
  expect(folds('# a\n# b\nMODEL:\n  HEAD:\n    name: x\n\n    # c\n  k: 1\n\nSEED: 1\n')).toEqual([
    { start: 0, end: 1, kind: 'comment' },
    { start: 2, end: 7, kind: 'section' },
    { start: 3, end: 4, kind: 'section' },
  ]);
});

test('the default document reads back as the defaults, and every key leads to its line', () => {
  const document = defaultDocument();
  const { config, problems } = parseConfig(document.text, 'default_cfg.yaml');
  expect(problems.filter((p) => p.severity !== 'information')).toEqual([]);
  expect(config).toEqual(defaultConfig);
  const line = defaultLine(...at('MODEL:\n  HEAD:\n    k|: 2\n'), document);
  expect(document.text.split('\n')[line!]).toBe('    k: 1');
  expect(defaultLine(...at('MODEL:\n  nothing|: 2\n'), document)).toBeUndefined();
});

test('the effective document marks what the file gives', () => {
  const text = 'OPTIMIZER:\n  lr: 1e-3\nTRAIN:\n  epochs: many\n';
  const lines = effectiveDocument('x.yaml', parseConfig(text, '')).split('\n');
  expect(lines).toContain('  lr: 0.001 # given');
  expect(lines).toContain('  weight_decay: 0.0001');
  expect(lines[1]).toContain('1 error');
});

test.each([
  ['MODEL:\n  HEAD:\n    k: 1 # c\n', 'MODEL.HEAD.m', '0.3', 'MODEL:\n  HEAD:\n    k: 1 # c\n    m: 0.3\n'],
  ['MODEL:\n  HEAD:\n    k: 1 # c', 'MODEL.HEAD.k', '2', 'MODEL:\n  HEAD:\n    k: 2 # c'],
  ['MODEL:\n    HEAD:\n        k:\n', 'MODEL.HEAD.k', '2', 'MODEL:\n    HEAD:\n        k: 2\n'],
  ['MODEL: {HEAD: {}}\n', 'MODEL.HEAD.k', '2', 'MODEL: {HEAD: {k: 2}}\n'],
  ['MODEL: {name: x }\n', 'MODEL.HEAD.k', '2', 'MODEL: {name: x, HEAD: {k: 2} }\n'],
  ['SEED: 1', 'TRAIN.epochs', '5', 'SEED: 1\nTRAIN:\n  epochs: 5\n'],
  ['', 'MODEL.HEAD.k', '2', 'MODEL:\n  HEAD:\n    k: 2\n'],
  ['MODEL:\nSEED: 1\n', 'MODEL.name', 'x', 'MODEL:\n  name: x\nSEED: 1\n'],
])('setting a key: %j %s', (text, path, value, expected) => {
  const edited = applyEdits(text, [setKey(text, parseConfig(text, ''), path, value)]);
  expect(edited).toBe(expected);
});

test.each([
  ['MODEL:\n  HEAD:\n    k: 1 # c\n    m: 0.3\n', 'MODEL.HEAD.k', 'MODEL:\n  HEAD:\n    m: 0.3\n'],
  ['SEED: 1\nMODEL:\n  HEAD:\n    k: 1\n', 'MODEL.HEAD.k', 'SEED: 1\n'],
  ['MODEL:\r\n  HEAD:\r\n    k: 1\r\n    m: 0.3\r\n', 'MODEL.HEAD.k', 'MODEL:\r\n  HEAD:\r\n    m: 0.3\r\n'],
  ['MODEL: {HEAD: {k: 1, m: 0.3}}\n', 'MODEL.HEAD.m', 'MODEL: {HEAD: {k: 1}}\n'],
  ['MODEL: {HEAD: {k: 1, m: 0.3}}\n', 'MODEL.HEAD.k', 'MODEL: {HEAD: {m: 0.3}}\n'],
])('removing a key: %j %s', (text, path, expected) => {
  expect(applyEdits(text, [removeKey(text, parseConfig(text, ''), path)])).toBe(expected);
});

const combinations = (Object.keys(TASKS) as Task[]).flatMap((task) =>
  HEAD_NAMES.flatMap((head) =>
    (['siglip', 'clip', 'dinov2'] as const).map((type) => [task, head, type] as const),
  ),
);
test.each(combinations)('a new experiment has no problem: %s, %s, %s', (task, head, type) => {
  const model = someModels.ofType(type)[0]!;
  const text = experimentYaml({ name: 'x', task, head, type, model, datasets: ['gldv2', 'spo'] });
  const problems = parseConfig(text, 'x.yaml', context).problems.filter((p) => p.severity !== 'information');
  expect(problems).toEqual([]);
});

test('data sets are offered with what they hold, those that are there first', () => {
  const items = completion(...at('DATASET:\n  names: [|]'), context);
  expect(items.map((i) => `${i.label}: ${i.detail}`)).toEqual([
    'products_10k: data set',
    'gldv2: 1,000 images, 10 classes',
    'deep_fashion: data set',
    'spo: present',
    'm4d-35k: not below the data folder',
  ]);
});

test('paths are completed from their folder', () => {
  const listFolder = (from: string, folder: string) => [`${from} ${folder}a.csv`, 'sub/'];
  const items = (marked: string) =>
    completion(...at(marked), { ...context, listFolder }).map((i) => [i.insertText, i.start, i.end]);
  expect(items('EVAL:\n  csv_file: x/|')).toEqual([
    ['data x/a.csv', 20, 20],
    ['sub/', 20, 20],
  ]);
  expect(items('DATASET:\n  names: ["folder:my/p|"]')[0]).toEqual(['data my/a.csv', 30, 31]);
});

test('tags of the timm model that is being typed', () => {
  const items = completion(
    ...at('MODEL:\n  BACKBONE:\n    model_name: vit_base_patch16_siglip_224.|'),
    context,
  );
  expect(items.map((i) => i.label)).toEqual([
    'vit_base_patch16_siglip_224.v2_webli',
    'vit_base_patch16_siglip_224.webli',
  ]);
});

test('beside an extension that knows the schema only the rest is said', () => {
  const labels = (marked: string) => completion(...at(marked), context, 'semantic').map((i) => i.label);
  expect(labels('OPTIMIZER:\n  |')).toEqual([]);
  expect(labels('OPTIMIZER:\n  name: |')).toEqual([]);
  expect(labels('MODEL:\n  BACKBONE:\n    type: dinov2\n    model_name: |')).toEqual([
    'vit_small_patch14_dinov2',
  ]);
  expect(hover(...at('OPTIMIZER:\n  l|r: 1e-3'), context, 'semantic')?.markdown).toBe(
    'Effective value: `0.001`',
  );
  expect(hover(...at('OPTI|MIZER:\n  lr: 1e-3'), context, 'semantic')).toBeUndefined();
});

test('a head says its formula', () => {
  expect(hover(...at('MODEL:\n  HEAD:\n    name: Ada|Cos'), context)?.markdown).toContain(
    'sqrt(2) * ln(classes - 1)',
  );
});
