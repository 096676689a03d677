import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../config/parse.ts';
import type { Problem } from '../../../config/problem.ts';
import { writeSafetensors } from '../../../formats/safetensors.ts';
import type { InlayHint } from '../../../language/inlay-hints.ts';
import type { ExperimentPreview } from '../../../language/preview.ts';
import type { DocumentQuestions, Folders, Method, Request } from '../protocol.ts';
import { Machine } from './machine.ts';
import { LanguageSession } from './session.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-session-'));
  mkdirSync(join(root, 'products-10k', 'train'), { recursive: true });
  const rows = Array.from({ length: 40 }, (_, i) => `${i}.jpg,${i % 10},0`);
  writeFileSync(join(root, 'products-10k', 'train.csv'), `name,class,group\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A session, and a promise of its first news from the machine. */
function start(extra: Partial<Folders> = {}) {
  let news: (uri: string) => void = () => {};
  const changed = new Promise<string>((resolve) => {
    news = resolve;
  });
  const errors: unknown[] = [];
  const session = new LanguageSession(new Machine((error) => errors.push(error)), news);
  let version = 0;
  let last: string | undefined;
  const ask = (text: string, method: Method, params: object = {}) => {
    if (text !== last) version++;
    const state = { uri: 'file:///x.yaml', version, folders: { workspace: root, dataRoot: root, ...extra } };
    const document = text === last ? state : { ...state, text };
    last = text;
    return session.answer({ id: 1, method, params, document } as unknown as Request);
  };
  return { ask, changed, errors };
}

test('facts of the machine come after the first answer, and change it', async () => {
  const { ask, changed, errors } = start();
  const text = 'MODEL: {cloud_upload: True}\nDATASET: {names: [products_10k, gldv2]}\n';
  const codes = () => (ask(text, 'diagnostics', { coverage: 'all' }) as Problem[]).map((p) => p.code);
  expect(codes()).toEqual([]);
  expect(await changed).toBe('file:///x.yaml');
  expect(codes()).toEqual(['config/no-credentials', 'config/dataset-missing']);
  expect(errors).toEqual([]);
});

test('a sign-in to Google Drive, in the editor or on the command line, needs no client file', async () => {
  const text = 'MODEL: {cloud_upload: True}\n';
  const { ask, changed } = start({ driveSignIn: true });
  const codes = () => (ask(text, 'diagnostics', { coverage: 'all' }) as Problem[]).map((p) => p.code);
  codes();
  await changed;
  expect(codes()).toEqual([]);
  mkdirSync(join(root, 'credentials'));
  writeFileSync(join(root, 'credentials', 'token_drive_v3.json'), '{}');
  const other = start();
  const asked = () => (other.ask(text, 'diagnostics', { coverage: 'all' }) as Problem[]).map((p) => p.code);
  asked();
  await other.changed;
  expect(asked()).toEqual([]);
  rmSync(join(root, 'credentials'), { recursive: true });
});

test('images and classes on the disk are counted', async () => {
  const { ask, changed } = start();
  const text = 'DATASET: {names: [products_10k]}\nDATALOADER: {batch_size: 8}\n';
  const labels = () => (ask(text, 'inlayHints') as InlayHint[]).map((hint) => hint.label);
  expect(labels()).toEqual([]);
  await changed;
  expect(labels()).toEqual(['40 images, 10 classes', '5 steps per epoch']);
});

test('the preview knows the classes of the data and what runs measured', async () => {
  const outputDir = join(root, 'results');
  mkdirSync(join(outputDir, 'm1'), { recursive: true });
  const conditions = { model: 'vit_so400m_patch14_siglip_384', imageSize: 384, fineTuning: false };
  const step = {
    optimizer: 'Adam',
    batchSize: 8,
    embeddingDim: 64,
    classes: 10,
    centres: 1,
    stepSeconds: 0.5,
  };
  writeFileSync(
    join(outputDir, 'm1', 'run.json'),
    JSON.stringify({ name: 'm1', created: '2026', measured: { ...conditions, ...step, featureSpeed: 4 } }),
  );
  const { ask, changed, errors } = start({ outputDir });
  const text = `MODEL: {HEAD: {name: DynM-ArcFace}}
DATASET: {names: [products_10k]}
DATALOADER: {batch_size: 8}
TRAIN: {epochs: 2}
`;
  const preview = () => ask(text, 'preview') as ExperimentPreview;
  expect(preview().missing).toContain('looked up');
  await changed;
  const { missing, margins, duration } = preview();
  expect(missing).toBeUndefined();
  expect(margins).toMatchObject({ note: '10 classes of 4 images' });
  expect(duration.slice(-2).map(({ value }) => value)).toEqual(['about 10 s', 'about 5 s']);
  expect(errors).toEqual([]);
});

test("the user's own model is read from its folder, also where only a sweep names it", async () => {
  const dir = join(root, 'own', 'vit.v1');
  mkdirSync(dir, { recursive: true });
  const config = {
    architecture: 'vit_base_patch16_siglip_gap_224',
    model_args: { img_size: 64, patch_size: 8, embed_dim: 128, depth: 4, num_heads: 4 },
    pretrained_cfg: { input_size: [3, 64, 64] },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const tensor = (length: number) => ({
    dtype: 'F32' as const,
    shape: [length, 2],
    data: () => new Float32Array(2 * length),
  });
  await writeSafetensors(join(dir, 'model.safetensors'), [
    ['a', tensor(300)],
    ['b', tensor(200)],
  ]);
  const name = 'local-dir:own/vit.v1';
  const { ask, changed, errors } = start();
  // An OpenCLIP type: neither the family nor a weights tag counts for a folder; its width does.
  const text = `MODEL: {BACKBONE: {type: clip, model_name: "${name}", output_dim: 64}}\n`;
  ask(text, 'preview');
  await changed;
  const { sizes, form, problems } = ask(text, 'preview') as ExperimentPreview;
  expect(sizes.parts[0]).toMatchObject({ name: 'backbone', parameters: '1,000' });
  expect(sizes.figures[0]).toMatchObject({ value: '128 to 64' });
  expect(problems.map(({ code }) => code)).toEqual(['config/output-dim']);
  const field = form.flatMap(({ fields }) => fields).find(({ label }) => label === 'model_name');
  expect(field).toMatchObject({ value: name });
  expect(field?.options[0]).toMatchObject({
    label: name,
    detail: '0.0 M parameters, width 128, 64 px',
    selected: true,
  });

  const machine = new Machine((error) => errors.push(error));
  const sweep = parseConfig(`SWEEP: {keys: {MODEL.BACKBONE.model_name: ["${name}", x]}}\n`, '').effective;
  const facts = (changed: () => void) => machine.facts(sweep, { workspace: root }, changed);
  await new Promise<void>((resolve) => facts(resolve));
  expect([...facts(() => {}).localModels!.keys()]).toEqual([name]);
  expect(errors).toEqual([]);
});

test('data sets that only a sweep names are counted', async () => {
  const { ask, changed } = start();
  const text = 'SWEEP: {keys: {DATASET.names: [[products_10k]], OPTIMIZER.lr: [1e-2, 1e-3]}}\n';
  const note = () =>
    (ask(text, 'preview') as ExperimentPreview).sweep?.figures.find(({ label }) => label === 'time')?.note;
  note();
  await changed;
  expect(note()).toBe('no measurement yet: run it once');
});

const ABOUT_DOCUMENT: readonly (keyof DocumentQuestions)[] = [
  'diagnostics',
  'quickFixes',
  'completion',
  'hover',
  'inlayHints',
  'symbols',
  'definition',
  'effective',
  'resolved',
  'preview',
];

const LAUGHS = Array.from(
  { length: 30 },
  (_, i) =>
    `a${i}: &a${i} [${
      i === 0
        ? 'x'
        : Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')
    }]`,
).join('\n');
const DEEP = `MODEL:\n  HEAD: &h\n    <<: *h\n${'  '.repeat(200)}x: ${'['.repeat(500)}\n`;
const BROKEN =
  'MODEL:\n  HEAD: {name: "Arc\n\tk: [1, {a: \'\n  - x: #\nDATASET:\n  names: [a,\n"b\nOPTIMIZER\r\n  lr:\r\n';

test.each([
  ['empty', ''],
  ['broken', BROKEN],
  ['anchors of anchors', LAUGHS],
  ['deep', DEEP],
  ['5 MB', `MODEL:\n  name: x\n${'# comment\n'.repeat(500_000)}`],
  ['5 MB in one line', `MODEL: {name: ${'x'.repeat(5_000_000)}}`],
])('every question is answered on a text that is %s', (_, text) => {
  const { ask } = start();
  const offsets =
    text.length > 1000 ? [0, 12, text.length] : Array.from({ length: text.length + 1 }, (_o, i) => i);
  for (const method of ABOUT_DOCUMENT)
    for (const offset of ['completion', 'hover', 'definition'].includes(method) ? offsets : [0])
      ask(text, method, { offset, coverage: 'all', name: 'x.yaml' });
});

test('general questions', () => {
  const session = new LanguageSession(new Machine(() => {}), () => {});
  const ask = (method: Method, params: object) =>
    session.answer({ id: 1, method, params } as unknown as Request);
  expect(ask('explain', { code: 'config/tab' })).toContain('Indent with spaces');
  expect(ask('defaults', {})).toContain('embedding_dim: 64');
  expect(ask('choices', { folders: { workspace: root } })).toMatchObject({
    tasks: [{ name: 'linear-probing' }, { name: 'fine-tuning' }, { name: 'zero-shot' }],
  });
  const request = {
    name: 'x',
    task: 'zero-shot',
    type: 'clip',
    model: 'ViT-B-16',
    tag: 'openai',
    datasets: [],
  };
  expect(ask('experiment', { ...request, head: 'ArcFace' })).toContain('weights: openai');
  expect(() => ask('experiment', { ...request, head: 'none' })).toThrow('internal');
});
