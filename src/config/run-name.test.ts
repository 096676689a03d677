import { expect, test } from 'vitest';
import { parseConfig } from './parse.ts';
import { oneDigit, randomRunId, runName } from './run-name.ts';

const name = (text: string) => runName(parseConfig(text, 'x.yaml').effective, 42);

test.each([
  ['SEED: 1', 'm00042_siglip-sovit400m_arcface1_openai-clip-aug_adam2e-03_cosine_linear'],
  [
    'MODEL: {BACKBONE: {type: clip, network_arch: ViT-B/16}, HEAD: {name: DynM-ArcFace, k: 3}}\nOPTIMIZER: {name: SAM_AdamW, lr: 2e-2}',
    'm00042_clip-vit-b-16_dynm-arcface3_openai-clip-aug_sam_adamw2e-02_cosine_linear',
  ],
  ['SCHEDULER: {warmup: None}', 'm00042_siglip-sovit400m_arcface1_openai-clip-aug_adam2e-03_cosine'],
  ['SCHEDULER: {name: None}', 'm00042_siglip-sovit400m_arcface1_openai-clip-aug_adam2e-03'],
])('run name of %s', (text, expected) => expect(name(text)).toBe(expected));

// As printed by Python's '%.0e'.
test.each([
  [0.02, '2e-02'],
  [0.25, '2e-01'],
  [2.5, '2e+00'],
  [3.5, '4e+00'],
  [0.35, '3e-01'],
  [9.5, '1e+01'],
  [0.95, '9e-01'],
  [1e-5, '1e-05'],
  [1e-100, '1e-100'],
  [0, '0e+00'],
])('%f prints as %s', (value, expected) => expect(oneDigit(value)).toBe(expected));

test('run numbers go from 1 to 99999', () => {
  expect(randomRunId(() => 0)).toBe(1);
  expect(randomRunId(() => 1 - 2 ** -53)).toBe(99_999);
  expect(() => runName(parseConfig('SEED: 1', 'x').effective, 0)).toThrow('internal');
});
