import { expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { oddities, planTraining } from './plan.ts';

const planOf = (warmupSteps: number, samples: number) => {
  const text = `TRAIN: { epochs: 20 }\nDATALOADER: { batch_size: 64 }\nSCHEDULER: { warmup: linear, warmup_steps: ${warmupSteps} }\n`;
  const { config } = parseConfig(text, 'a.yaml');
  if (!config) throw new Error('no configuration');
  return planTraining(config, samples, true);
};

test('a warm-up that is longer than the training is said with both lengths', () => {
  // 160,000 images of the warm-up by default, 64 a step; 20 epochs of 16 steps
  expect(oddities(planOf(50, 1_004))).toEqual([
    expect.stringMatching(/^the warm-up lasts 2,500 steps, the training 320 steps: .*seen_img_warmup/),
  ]);
});

test('nothing is odd about one that ends before', () => {
  expect(oddities(planOf(50, 100_000))).toEqual([]);
  expect(oddities(planOf(1, 1_004))).toEqual([]);
});
