import { expect, test } from 'vitest';
import { someDatasets, someModels } from '../../test/fixtures/config/registries.ts';
import { applyEdits } from './edits.ts';
import { fixAll } from './fix-all.ts';

const context = { models: someModels, datasets: someDatasets };
const fixed = (text: string, code?: Parameters<typeof fixAll>[1]) =>
  applyEdits(text, fixAll(text, code, context));

test('all problems of a kind are fixed, those of others stay', () => {
  const text = 'MODEL:\n  HEAD:\n    nam: AdaCos # why\nOPTIMIZERS:\n  nmae: adam\n';
  expect(fixed(text, 'config/unknown-key')).toBe(
    'MODEL:\n  HEAD:\n    name: AdaCos # why\nOPTIMIZER:\n  name: adam\n',
  );
});

test('a section that the fixes empty goes with its last key', () => {
  const text =
    'SEED: 1\nMODEL:\n  NECK:\n    neck_type: pooling\n    dropout: 0.5\nTRANSFORM:\n  mean: [0, 0, 0]\n  std: [1, 1, 1]\n';
  expect(fixed(text)).toBe('SEED: 1\nMODEL:\n  NECK:\n    neck_type: pooling\n');
});

test('while saving, nothing that is trained changes', () => {
  const text =
    'MODEL:\n\tembedding_dim: 128\n\tHEAD:\n\t\tname: AdaCos\n\t\tm: 0.3\nDATASET: {names: [spo, glvd2, sop]}\n';
  expect(fixed(text)).toBe(
    'MODEL:\n  embedding_dim: 128\n  HEAD:\n    name: AdaCos\nDATASET: {names: [spo, glvd2]}\n',
  );
  expect(fixAll('MODEL: {embedding_dim: 128}\n')).toEqual([]);
});
