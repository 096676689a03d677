import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { someDatasets } from '../../test/fixtures/config/registries.ts';
import { knownModels } from './known-models.ts';
import { parseConfig } from './parse.ts';
import { runName } from './run-name.ts';

const folder = new URL('../../configs/', import.meta.url);
const context = { models: knownModels, datasets: someDatasets };
const read = (name: string) => parseConfig(readFileSync(new URL(name, folder), 'utf8'), name, context);

describe.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('%s', (name) => {
  test('reads without a problem', () => {
    expect(read(name).problems).toEqual([]);
    expect(read(name).config).toBeDefined();
  });

  test('states its command and its result', () => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    expect(text).toContain(`configs/${name}`);
    expect(text).toMatch(/^# Command:/m);
    expect(text).toMatch(/^# Result:/m);
  });
});

test('the published linear probing', () => {
  const { config } = read('linear-probing-siglip-so400m.yaml');
  expect(config).toMatchObject({
    MODEL: {
      embedding_dim: 64,
      BACKBONE: { type: 'siglip', model_name: 'vit_so400m_patch14_siglip_384', freeze_backbone: true },
      NECK: { neck_type: 'proj_layer', dropout: 0.2 },
      HEAD: { name: 'ArcFace', k: 3, s: 30, m: 0.5 },
    },
    DATASET: { names: ['m4d-35k'] },
    DATALOADER: { batch_size: 128 },
    TRANSFORM: { name: 'openai-clip', size: 384 },
    TRAIN: { epoch_based: true, epochs: 10, save_epoch: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    OPTIMIZER: { name: 'Adam', lr: 0.02, weight_decay: 1e-4 },
    SCHEDULER: { name: 'cosine', epoch_based: false, warmup: 'linear', warmup_steps: 1, min_lr: 1e-3 },
  });
  expect(runName(config!, 7)).toBe(
    'm00007_siglip-sovit400m_arcface3_openai-clip-aug_adam2e-02_cosine_linear',
  );
});
