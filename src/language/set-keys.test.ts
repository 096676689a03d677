import { describe, expect, test } from 'vitest';
import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import { valueAt } from '../config/schema/fields.ts';
import { knownDatasets } from '../data/datasets/index.ts';
import { applyEdits } from './edits.ts';
import type { FormField } from './preview/types.ts';
import { experimentPreview } from './preview.ts';
import { type KeyChange, setKeys } from './set-keys.ts';

const context = { models: knownModels, datasets: knownDatasets };

function set(text: string, ...changes: KeyChange[]): string {
  return applyEdits(text, setKeys(text, parseConfig(text, ''), changes));
}

const EMPTY = '';
const BLOCK = `# mine
MODEL:
  BACKBONE: # frozen
    type: siglip
  HEAD:
    name: DynM-ArcFace
DATASET:
  names:
    - m4d-35k # the challenge's
OPTIMIZER: {lr: 1e-3}
SCHEDULER:
TRAIN: {}
`;
const fieldsOf = (text: string): FormField[] =>
  experimentPreview(text, parseConfig(text, '', context), context).form.flatMap(({ fields }) => fields);

/** A value other than the present one. */
function anotherChange(field: FormField): readonly KeyChange[] {
  const option = field.options.find(({ selected, changes }) => !selected && changes.length > 0);
  if (option) return option.changes;
  if (field.options.length > 0) return [];
  return [{ path: field.path, value: field.number?.whole ? '7' : '0.25' }];
}

describe.each([
  ['empty', EMPTY],
  ['block', BLOCK],
  [
    'flow',
    'MODEL: {BACKBONE: {type: siglip}, HEAD: {name: AdaFace}}\nTRAIN: { epochs: 3, }\nOPTIMIZER: {}\n',
  ],
  ['CRLF', BLOCK.replaceAll('\n', '\r\n')],
])('every key of the form in a file that is %s', (_, text) => {
  test.each(fieldsOf(text).map((field) => [field.path, field] as const))('%s', (path, field) => {
    const changes = anotherChange(field);
    if (changes.length === 0) return; // a single value
    const after = set(text, ...changes);
    const parsed = parseConfig(after, '', context);
    expect(parsed.problems.filter((p) => p.severity === 'error')).toEqual([]);
    const shown = fieldsOf(after).find((f) => f.path === path)!;
    expect(shown.given).toBe(true);
    expect(shown.value).not.toBe(field.value);
    for (const comment of text.match(/#.*/g) ?? []) expect(after).toContain(comment);
    // Back to the default.
    const back = parseConfig(set(after, ...shown.reset), '', context);
    expect(back.problems.filter(({ code }) => code === 'config/syntax')).toEqual([]);
    if (!path.endsWith('weights')) expect(back.has(path)).toBe(false);
  });
});

test('several keys of a section that is not there make one section and one edit', () => {
  const changes = [
    { path: 'SCHEDULER.warmup', value: 'None' },
    { path: 'SCHEDULER.min_lr', value: '1e-5' },
    { path: 'SEED', value: '1' },
  ];
  const edits = setKeys('SEED: 2\n', parseConfig('SEED: 2\n', ''), changes);
  expect(edits).toHaveLength(1);
  expect(applyEdits('SEED: 2\n', edits)).toBe('SEED: 1\nSCHEDULER:\n  warmup: None\n  min_lr: 1e-5\n');
});

test('an edit covers what changes only', () => {
  const text = `${BLOCK}LOSS: {name: CrossEntropyLoss}\n`;
  const [edit] = setKeys(text, parseConfig(text, ''), [{ path: 'OPTIMIZER.lr', value: '1e-4' }]);
  expect(edit).toMatchObject({ newText: '4', start: text.indexOf('1e-3') + 3 });
});

test('a list of lines becomes one in its line', () => {
  const text = 'DATASET:\n  names:\n    - a\n    - b\nSEED: 1\n';
  expect(set(text, { path: 'DATASET.names', value: '[c]' })).toBe('DATASET:\n  names: [c]\nSEED: 1\n');
});

test('items of a list come and go', () => {
  const block = 'DATASET:\n  names:\n    - a # one\n    - b\n';
  const add = { path: 'DATASET.names.2', value: 'c' };
  expect(set(block, add)).toBe('DATASET:\n  names:\n    - a # one\n    - b\n    - c\n');
  expect(set(block, { path: 'DATASET.names.1', value: null })).toBe('DATASET:\n  names:\n    - a # one\n');
  const flow = 'DATASET: {names: [a, "b"]}\n';
  expect(set(flow, add)).toBe('DATASET: {names: [a, "b", c]}\n');
  expect(set(flow, { path: 'DATASET.names.0', value: null })).toBe('DATASET: {names: ["b"]}\n');
});

test('what is there already changes nothing, and taking out what is not there neither', () => {
  const text = 'SEED: 1\n';
  expect(setKeys(text, parseConfig(text, ''), [{ path: 'SEED', value: '1' }])).toEqual([]);
  expect(setKeys(text, parseConfig(text, ''), [{ path: 'TRAIN.epochs', value: null }])).toEqual([]);
});

test('a text that is no YAML is left alone', () => {
  const text = 'MODEL: {HEAD: {name: "Arc\nTRAIN:\n  epochs: 3\n';
  expect(setKeys(text, parseConfig(text, ''), [{ path: 'TRAIN.epochs', value: '4' }])).toEqual([]);
});

test('the value is the effective one', () => {
  const after = set(BLOCK, { path: 'TRAIN.epochs', value: '4' }, { path: 'SCHEDULER.name', value: 'None' });
  expect(valueAt(parseConfig(after, '').effective, 'TRAIN.epochs')).toBe(4);
  expect(valueAt(parseConfig(after, '').effective, 'SCHEDULER.name')).toBeNull();
});
