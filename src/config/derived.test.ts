import { describe, expect, test } from 'vitest';
import { deriveFigures, trainableParameters } from './derived.ts';
import { parseConfig } from './parse.ts';

const derive = (text: string, samples: number) =>
  deriveFigures(parseConfig(text, 'x.yaml').effective, samples);

describe('figures', () => {
  test('by epochs', () => {
    expect(derive('DATALOADER: {batch_size: 32}\nTRAIN: {epochs: 3}', 200)).toEqual({
      batchesPerEpoch: 7,
      iterations: 21,
      epochs: 3,
      warmupSteps: 7,
      saveIter: 10_000,
      saveEpochs: [1, 2, 3],
    });
  });

  test('by iterations', () => {
    const text = 'DATALOADER: {batch_size: 128}\nTRAIN: {epoch_based: False, iterations: 30, epochs: 9}';
    expect(derive(text, 1280)).toEqual({
      batchesPerEpoch: 10,
      iterations: 30,
      epochs: 3,
      warmupSteps: 10,
      saveIter: 2500,
      saveEpochs: [],
    });
    expect(derive(text, 1281).epochs).toBe(3);
  });

  test.each([
    ['warmup_steps: 0', 0],
    ['warmup_steps: 1', 10],
    ['warmup_steps: 9', 90],
    ['warmup_steps: 10', 1250],
    ['warmup_steps: 5000', 1250],
    ['{warmup_steps: 10, seen_img_warmup: 1000}', 7],
    ['{warmup_steps: 10, seen_img_warmup: 1}', 1],
    ['{warmup_steps: 2, warmup: None}', 0],
    ['{warmup_steps: 2, name: None}', 20],
  ])('warm-up with %s: %d steps', (scheduler, steps) => {
    const section = scheduler.startsWith('{') ? scheduler : `{${scheduler}}`;
    expect(derive(`SCHEDULER: ${section}`, 1280).warmupSteps).toBe(steps);
  });
});

test.each([
  ['{}', 1000, 1153 * 64 + 1000 * 64],
  ['{HEAD: {k: 3}}', 34_800, 1153 * 64 + 34_800 * 3 * 64],
  ['{HEAD: {k: 3, name: AdaFace}}', 10, 1153 * 64 + 640],
  ['{NECK: {neck_type: pooling}}', 10, 640],
])('trainable parameters of MODEL: %s', (model, classes, expected) => {
  expect(trainableParameters(parseConfig(`MODEL: ${model}`, 'x').effective, 1152, classes)).toBe(expected);
});
