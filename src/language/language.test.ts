import { describe, expect, test } from 'vitest';
import { someDatasets, someModels } from '../../test/fixtures/config/registries.ts';
import { parseConfig } from '../config/parse.ts';
import { completion } from './completion.ts';
import { diagnostics } from './diagnostics.ts';
import { applyEdits } from './edits.ts';
import { hover } from './hover.ts';
import { quickFixes } from './quick-fixes.ts';

const context = { models: someModels, datasets: someDatasets };

/** Takes the `|` out of a text. */
function cursor(marked: string): [string, number] {
  const offset = marked.indexOf('|');
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

const labels = (marked: string) => completion(...cursor(marked), context).map((item) => item.label);

describe('completion', () => {
  test.each([
    [
      '|',
      [
        'experiment: linear-probing',
        'experiment: fine-tuning',
        'experiment: zero-shot',
        'SEED',
        'MODEL',
        'DATASET',
        'DATALOADER',
        'TRANSFORM',
        'TRAIN',
        'LOSS',
        'OPTIMIZER',
        'SCHEDULER',
        'GOOGLE_DRIVE',
        'EVAL',
        'SWEEP',
      ],
    ],
    [
      'SEED: 1\nMO|\nTRAIN:\n  epochs: 1\nDATASET: {}\n',
      ['MODEL', 'DATALOADER', 'TRANSFORM', 'LOSS', 'OPTIMIZER', 'SCHEDULER', 'GOOGLE_DRIVE', 'EVAL', 'SWEEP'],
    ],
    ['OPTIMIZER:\n  |', ['name', 'lr', 'weight_decay']],
    ['OPTIMIZER:\n  name: SGD\n  |', ['lr', 'weight_decay', 'momentum']],
    ['OPTIMIZER:\n  |\n  name: SGD\n', ['lr', 'weight_decay', 'momentum']],
    ['OPTIMIZER: {name: SGD, |}', ['lr', 'weight_decay', 'momentum']],
    ['MODEL:\n  HEAD:\n    name: AdaFace\n    |', ['s', 'm', 'h', 't_alpha']],
    ['MODEL:\n  HEAD:\n    name: DynM-ArcFace\n    k: 1\n    m|', ['s', 'm_max', 'm_min']],
    [
      'MODEL:\n  HEAD:\n    name: |',
      ['ArcFace', 'DynM-ArcFace', 'AdaCos', 'LiArcFace', 'CurricularFace', 'AdaFace'],
    ],
    [
      'MODEL:\n  HEAD:\n    name: "Arc|"',
      ['ArcFace', 'DynM-ArcFace', 'AdaCos', 'LiArcFace', 'CurricularFace', 'AdaFace'],
    ],
    [
      'MODEL: {HEAD: {name: |}}',
      ['ArcFace', 'DynM-ArcFace', 'AdaCos', 'LiArcFace', 'CurricularFace', 'AdaFace'],
    ],
    ['SCHEDULER:\n  warmup: |', ['linear', 'exponential', 'None']],
    ['TRAIN:\n  epoch_based: |', ['True', 'False']],
    ['OPTIMIZER:\n  lr: |', ['0.002']],
    ['MODEL:\n  BACKBONE:\n    type: dinov2\n    model_name: |', ['vit_small_patch14_dinov2']],
    [
      'MODEL:\n  BACKBONE:\n    model_name: vit|\n    type: siglip\n',
      ['vit_so400m_patch14_siglip_384', 'vit_base_patch16_siglip_224'],
    ],
    [
      'MODEL:\n  BACKBONE:\n    type: clip\n    model_name: ViT-B-16\n    weights: |',
      ['openai', 'laion400m_e32', 'laion2b_s34b_b88k'],
    ],
    ['MODEL:\n  BACKBONE:\n    weights: |', ['""']],
    ['MODEL:\n  BACKBONE:\n    output_dim: |', ['1152']],
    ['MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224}}\nTRANSFORM:\n  size: |', ['224']],
    ['DATASET:\n  names: [gldv2, "spo", |]', ['m4d-35k', 'products_10k', 'deep_fashion']],
    ['DATASET:\n  names:\n    - gldv2\n    - sp|', ['m4d-35k', 'products_10k', 'deep_fashion', 'spo']],
    ['TRAIN:\n  epochs: 3\n  save_epoch: |', ['[3]', '[1, 2, 3]']],
    ['TRAIN:\n  epochs: 100\n  save_epoch: |', ['[100]']],
    ['DATASET:\n  names: [|]', ['m4d-35k', 'products_10k', 'gldv2', 'deep_fashion', 'spo']],
    ['DATASET:\n  names: ["gldv2", "|', ['m4d-35k', 'products_10k', 'deep_fashion', 'spo']],
    ['DATASET:\n  names:\n    - |', ['m4d-35k', 'products_10k', 'gldv2', 'deep_fashion', 'spo']],
    ['DATASET:\n  names:\n  - gl|', ['m4d-35k', 'products_10k', 'gldv2', 'deep_fashion', 'spo']],
    ['MODEL: # a |', []],
    ['UNKNOWN:\n  |', []],
    ['LOSS:\n  name: CrossEntropyLoss\n\t|', []],
  ])('%j', (marked, expected) => expect(labels(marked)).toEqual(expected));

  test.each([
    ['OPTIMIZER:\n  name:|', 'SGD', 'OPTIMIZER:\n  name: SGD'],
    ['OPTIMIZER:\n  name: |', 'SGD', 'OPTIMIZER:\n  name: SGD'],
    [
      'DATASET: {cls_dist_file:|}',
      'data/m4d-35k_samples_per_cls.csv',
      'DATASET: {cls_dist_file: data/m4d-35k_samples_per_cls.csv}',
    ],
    ['SWEEP: {method:|}', 'random', 'SWEEP: {method: random}'],
    ['DATASET:\n  names: |', 'spo', 'DATASET:\n  names: ["spo"]'],
    ['DATASET:\n  names:|', 'spo', 'DATASET:\n  names: ["spo"]'],
    ['DATASET:\n  names: [sp|]', 'spo', 'DATASET:\n  names: ["spo"]'],
    ['DATASET:\n  names: ["|"]', 'spo', 'DATASET:\n  names: ["spo"]'],
    ['DATASET:\n  names:\n  - |', 'spo', 'DATASET:\n  names:\n  - "spo"'],
  ])('%j with %s is %j', (marked, label, expected) => {
    const [text, offset] = cursor(marked);
    const known = { ...context, listFolder: () => [] };
    const { insertText: newText, ...place } = completion(text, offset, known).find((i) => i.label === label)!;
    expect(applyEdits(text, [{ ...place, newText }])).toBe(expected);
  });

  test('the default of a closed set is chosen at first', () => {
    const items = completion(...cursor('OPTIMIZER:\n  name: |'), context);
    expect(items.filter((i) => i.preselect).map((i) => i.label)).toEqual(['Adam']);
  });

  test('replaces the word at the cursor and says what it is', () => {
    const [item] = completion(...cursor('OPTIMIZER:\n  na|me: Adam\n'), context);
    expect(item).toMatchObject({
      label: 'name',
      insertText: 'name',
      start: 13,
      end: 17,
      detail: 'default Adam',
    });
    const [section] = completion(...cursor('MODEL:\n  BACK|'), context).filter((i) => i.kind === 'section');
    expect(section).toMatchObject({ start: 9, end: 13, snippet: true });
    expect(section?.insertText).toBe(
      [
        'BACKBONE:',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: tab stops of a snippet
        '  type: ${1|siglip,clip,clip_convnext,clipav2,meta-clip,eva02,dinov2,sam|}',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: tab stops of a snippet
        '  model_name: ${2:vit_so400m_patch14_siglip_384}',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: tab stops of a snippet
        '  freeze_backbone: ${3|True,False|}',
      ].join('\n'),
    );
  });

  test('a model says its figures', () => {
    const [item] = completion(...cursor('MODEL:\n  BACKBONE:\n    model_name: |'), context);
    expect(item?.detail).toBe('428.2 M parameters, width 1152, 384 px');
    expect(item?.documentation).toContain('**webli**');
  });
});

describe('hover', () => {
  test.each([
    ['MODEL:\n  HE|AD:\n', ['**MODEL.HEAD**', 'classifier']],
    [
      'MODEL:\n  HEAD:\n    m|: 0.3\n',
      ['**MODEL.HEAD.m**', 'radians', 'Default: `0.5`', 'Here: `0.3`', 'https://arxiv.org/abs/1801.07698'],
    ],
    ['MODEL:\n  HEAD:\n    m: 0|.3\n', ['**MODEL.HEAD.m**']],
    ['MODEL:\n  HEAD:\n    name: Ada|Cos\n', ['**AdaCos**', 'https://arxiv.org/abs/1905.00292']],
    [
      'MODEL:\n  BACKBONE:\n    model_name: vit_so400m|_patch14_siglip_384\n',
      ['**vit_so400m_patch14_siglip_384**', '428.2 M'],
    ],
    ['OPTIMIZER: {l|r: 1}', ['**OPTIMIZER.lr**', 'Here: `1.0`']],
  ])('%j', (marked, parts) => {
    const found = hover(...cursor(marked), context);
    for (const part of parts) expect(found?.markdown).toContain(part);
  });

  test.each(['|', 'MODEL:\n  nothing|: 1\n', '# MODEL|\n', 'MODEL:\n|'])(
    '%j has nothing to say',
    (marked) => {
      expect(hover(...cursor(marked), context)).toBeUndefined();
    },
  );
});

describe('quick fixes make the text right', () => {
  test.each([
    ['MODEL: {HEAD: {nam: AdaCos}}', 'MODEL: {HEAD: {name: AdaCos}}'],
    ['MODEL: {HEAD: {name: adacos}}', 'MODEL: {HEAD: {name: AdaCos}}'],
    ['DATASET: {names: ["spo", "glvd2x"]}', 'DATASET: {names: ["spo", gldv2]}'],
    ['DATASET: {names: spo}', 'DATASET: {names: ["spo"]}'],
    [
      'TRAIN:\n  epochs: 2\n  save_epoch:\n    - 1\n    - 3\n',
      'TRAIN:\n  epochs: 2\n  save_epoch:\n    [1]\n',
    ],
    ['MODEL: {name: 5}', 'MODEL: {name: "\'5\'"}'],
    ['MODEL:\n\tHEAD:\n\t\tname: AdaCos\n', 'MODEL:\n  HEAD:\n    name: AdaCos\n'],
    ['DATASET: {names: [m4d]}', 'DATASET: {names: [m4d-35k]}'],
    ['SEED: 1\nlr: 0.1\nOPTIMIZER:\n  name: Adam\n', 'SEED: 1\nOPTIMIZER:\n  name: Adam\n  lr: 0.1\n'],
    [
      'MODEL:\n  HEAD:\n    name: AdaCos\n    embedding_dim: 32\n',
      'MODEL:\n  HEAD:\n    name: AdaCos\n  embedding_dim: 32\n',
    ],
    [
      'MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224.v2_webly}}',
      'MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224.v2_webli}}',
    ],
  ])('%j', (text, expected) => {
    const [fix] = quickFixes(text, parseConfig(text, 'x.yaml', context), context);
    const fixed = applyEdits(text, fix!.edits);
    expect(fixed).toBe(expected);
    expect(diagnostics(fixed, 'x.yaml', context).filter((p) => p.severity === 'error')).toEqual([]);
  });
});

test('every offset of a broken text answers', () => {
  const text =
    'MODEL:\n  HEAD: {name: "Arc\n\tk: [1, {a: \'\n  - x: #\nDATASET:\n  names: [a,\n"b\nOPTIMIZER\r\n  lr:\r\n';
  for (let offset = 0; offset <= text.length; offset++) {
    completion(text, offset, context);
    hover(text, offset, context);
  }
});
