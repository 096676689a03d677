// A small real image set, weights and configurations for the end-to-end test of real training.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDrawnSet } from '../../src/data/drawn/build.ts';
import { DRAWN_SETS } from '../../src/data/drawn/sets.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildBackbone } from '../../src/models/build.ts';

const MODEL = 'vit_small_patch14_dinov2';
const SIDE = 70; // pixels: 5 x 5 patches
const SEED = 42;

const config = (epochs: number) => `# Linear probing of a small set, for the end-to-end test.
SEED: ${SEED}
MODEL:
  cloud_upload: False
  BACKBONE: { type: dinov2, network_arch: vits14, model_name: ${MODEL}, output_dim: 384 }
  HEAD: { name: ArcFace, k: 1, s: 30.0, m: 0.3 }
DATASET:
  names: ["products_10k"]
DATALOADER: { batch_size: 8, num_workers: 2 }
TRANSFORM: { name: openai-clip, size: ${SIDE} }
TRAIN:
  epochs: ${epochs}
  save_epoch: [${epochs}]
  print_freq: 10
OPTIMIZER: { name: Adam, lr: 2e-2 }
`;

/** Three short runs, then one that goes on until it is stopped. */
const SWEEP = `EVAL: { hold_out: classes, class_share: 0.25, every: 500 }
SWEEP:
  method: grid
  keys:
    TRAIN.epochs: [12, 20000]
    OPTIMIZER.lr: {min: 2e-3, max: 2e-2, scale: log, steps: 3}
`;

/** Fills a workspace: configs/short.yaml, configs/long.yaml, configs/sweep.yaml, the folder `data` and random weights. */
export async function makeRealWorkspace(
  workspace: string,
  { domains = ['food', 'animals'], classesPerDomain = 12 } = {},
): Promise<{ data: string; weights: string }> {
  const data = join(workspace, 'data');
  const weights = join(workspace, 'weights', `${MODEL}-random.safetensors`);
  mkdirSync(join(workspace, 'configs'), { recursive: true });
  mkdirSync(join(workspace, 'weights'), { recursive: true });
  writeFileSync(join(workspace, 'configs', 'short.yaml'), config(12));
  writeFileSync(join(workspace, 'configs', 'long.yaml'), config(20_000));
  writeFileSync(join(workspace, 'configs', 'sweep.yaml'), config(12) + SWEEP);
  const plan = { ...DRAWN_SETS.demo, domains, classesPerDomain, side: 96 };
  await buildDrawnSet({ ...plan, root: data, seed: SEED });
  const graph = buildBackbone({ type: 'dinov2', modelName: MODEL, projLayer: false, imageSize: SIDE });
  await writeSafetensors(weights, randomWeights(graph, SEED), { note: 'random weights, not trained' });
  return { data, weights };
}
