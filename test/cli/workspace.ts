import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src/common/rng.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildBackbone } from '../../src/models/build.ts';

export const CLASSES = 4;
export const IMAGES_PER_CLASS = 4;
const SIDE = 28; // pixels: 2 x 2 patches
const MODEL = 'vit_small_patch14_dinov2';

/** A data folder in the layout of Products-10k, random weights, and a place for configurations and results. */
export interface Workspace {
  readonly dir: string;
  readonly data: string;
  readonly weights: string;
  readonly results: string;
  /** Writes a configuration; `change` edits its text. */
  config(name: string, change?: (text: string) => string): string;
  /** Arguments of a training of that configuration. */
  train(config: string, ...more: readonly string[]): string[];
}

export async function makeWorkspace(): Promise<Workspace> {
  const dir = mkdtempSync(join(tmpdir(), 'mdfe-cli-'));
  const data = join(dir, 'data');
  const weights = join(dir, 'weights.safetensors');
  const results = join(dir, 'results');
  await writeProducts(data, CLASSES, IMAGES_PER_CLASS);
  const graph = buildBackbone({ type: 'dinov2', modelName: MODEL, projLayer: false, imageSize: SIDE });
  await writeSafetensors(weights, randomWeights(graph, 1, 'F16'));
  return {
    dir,
    data,
    weights,
    results,
    config: (name, change = (text) => text) => {
      const path = join(dir, `${name}.yaml`);
      writeFileSync(path, change(CONFIG));
      return path;
    },
    train: (config, ...more) => [
      'train',
      config,
      ...(more.some((m) => m.startsWith('DATA=')) ? [] : [data]),
      ...more.map((m) => m.replace(/^DATA=/, '')),
      '--output-dir',
      results,
      '--cache-dir',
      join(dir, 'cache'),
      '--backbone-weights',
      weights,
    ],
  };
}

/** Coloured noise: each class has a colour of its own. */
export async function writeProducts(root: string, classes: number, perClass: number): Promise<void> {
  const folder = join(root, 'products-10k', 'train');
  mkdirSync(folder, { recursive: true });
  const rows = ['name,class,group'];
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < perClass; i++) {
      const rng = new Rng(7, c, i);
      const colour = new Rng(8, c);
      const base = [colour.below(200), colour.below(200), colour.below(200)];
      const pixels = Uint8Array.from({ length: 40 * 40 * 3 }, (_, p) => base[p % 3]! + rng.below(56));
      const name = `${c}-${i}.png`;
      await sharp(pixels, { raw: { width: 40, height: 40, channels: 3 } })
        .png()
        .toFile(join(folder, name));
      rows.push(`${name},${c},0`);
    }
  writeFileSync(join(root, 'products-10k', 'train.csv'), `${rows.join('\n')}\n`);
}

const CONFIG = `SEED: 3
MODEL:
  embedding_dim: 16
  cloud_upload: False
  BACKBONE: { type: dinov2, network_arch: vits14, model_name: ${MODEL}, output_dim: 384 }
  HEAD: { name: ArcFace, k: 1, s: 30.0, m: 0.3 }
DATASET:
  names: ["products_10k"]
DATALOADER: { batch_size: 6 }
TRANSFORM: { name: openai-clip, size: ${SIDE} }
TRAIN:
  epochs: 4
  save_epoch: [2, 4]
  print_freq: 5
OPTIMIZER: { name: Adam, lr: 2e-3 }
SCHEDULER: { min_lr: 1e-4 }
`;
