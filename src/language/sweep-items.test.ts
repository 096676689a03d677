import { describe, expect, test } from 'vitest';
import { someDatasets, someModels } from '../../test/fixtures/config/registries.ts';
import { parseConfig } from '../config/parse.ts';
import { sweepableFields } from '../config/sweep/sweepable.ts';
import { completion } from './completion.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlay-hints.ts';

const context = { models: someModels, datasets: someDatasets };
const at = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];
const labels = (marked: string) => completion(...at(marked), context).map((item) => item.label);
const keys = (line: string) => `SWEEP:\n  keys:\n    ${line}`;

describe.each([...sweepableFields.values()])('$path', (field) => {
  test('is offered below SWEEP.keys, and what it takes behind it', () => {
    expect(labels(keys('|'))).toContain(field.path);
    const isNumber = field.meta['x-kind'] === 'int' || field.meta['x-kind'] === 'float';
    expect(completion(...at(keys(`${field.path}: |`)), context).map((i) => i.detail)).toEqual(
      isNumber ? ['list of values', 'range'] : ['list of values'],
    );
    expect(hover(...at(keys(`|${field.path}: [`)), context)?.markdown).toContain(`**${field.path}**`);
  });

  test('takes the list and the range that are offered', () => {
    for (const item of completion(...at(keys(`${field.path}: |`)), context)) {
      if (item.detail !== 'range') continue;
      const text = `SWEEP:\n  keys:\n    ${field.path}: ${item.label}\n`;
      const errors = parseConfig(text, '', context).problems.filter((p) => p.severity === 'error');
      expect(errors.filter((p) => p.code !== 'config/sweep-invalid-run')).toEqual([]);
    }
  });
});

describe('completion', () => {
  test.each([
    [keys('OPTIMIZER.lr: {|}'), ['min', 'max', 'scale', 'steps']],
    [keys('OPTIMIZER.lr: {min: 1e-3, |}'), ['max', 'scale', 'steps']],
    [keys('OPTIMIZER.lr:\n      min: 1e-3\n      |'), ['max', 'scale', 'steps']],
    [keys('OPTIMIZER.lr: {min: 1e-3, max: 1, scale: |}'), ['linear', 'log']],
    [keys('OPTIMIZER.name: [SGD, |]'), ['Adam', 'AdamW', 'SAM_Adam', 'SAM_AdamW']],
    [keys('OPTIMIZER.name:\n      - |'), ['SGD', 'Adam', 'AdamW', 'SAM_Adam', 'SAM_AdamW']],
    [keys('TRAIN.epoch_based: [|]'), ['True', 'False']],
    [
      keys('MODEL.BACKBONE.model_name: [|]'),
      ['vit_so400m_patch14_siglip_384', 'vit_base_patch16_siglip_224'],
    ],
    [keys('DATASET.names: [[|]]'), ['m4d-35k', 'products_10k', 'gldv2', 'deep_fashion', 'spo']],
    [keys('nothing: [|]'), []],
    ['SWEEP:\n  method: |', ['grid', 'random']],
  ])('%j', (marked, expected) => expect(labels(marked)).toEqual(expected));

  test('a swept key is not offered again, and replaces what is typed of it', () => {
    expect(labels(keys('OPTIMIZER.lr: [1]\n    |'))).not.toContain('OPTIMIZER.lr');
    const item = completion(...at(keys('OPTIMIZER.l|')), context).find((i) => i.label === 'OPTIMIZER.lr');
    expect(item).toMatchObject({ insertText: 'OPTIMIZER.lr: ', start: 19, end: 30 });
  });
});

describe('hover', () => {
  test.each([
    [
      keys('OPTIMIZER.l|r: {min: 1e-3, max: 1e-1, scale: log, steps: 3}'),
      ['Swept over `1e-3`, `1e-2`, `0.1`.'],
    ],
    [keys('OPTIMIZER.l|r: {min: 1e-3, max: 1e-1}'), ['any number of the range']],
    [keys('OPTIMIZER.lr: {min: 1e-3, max: 1e-1, sc|ale: log}'), ['evenly spaced in the logarithm']],
    [keys('MODEL.HEAD.name: [ArcFace, Ada|Cos]'), ['**AdaCos**', '1905.00292']],
    [keys('SEED: {min: 1, max: 99}').replace('SEED', 'SE|ED'), ['and 87 more']],
  ])('%j', (marked, parts) => {
    for (const part of parts) expect(hover(...at(marked), context)?.markdown).toContain(part);
  });
});

test('an inlay hint says how many runs there are', () => {
  const hints = (text: string) => inlayHints(text, parseConfig(text, '', context), context);
  const text = keys('OPTIMIZER.lr: [1e-3, 1e-2]\n    SEED: [1, 2, 3]\n');
  const [hint] = hints(text).filter((h) => h.label.endsWith('runs'));
  expect(hint).toMatchObject({ label: '6 runs', offset: text.indexOf('keys:') + 5 });
  expect(hint?.tooltip).toContain('`lr=1e-3 SEED=2`');
  expect(hints(keys('OPTIMIZER.lr: {min: 1, max: 2}\n')).some((h) => h.label.endsWith('runs'))).toBe(false);
});
