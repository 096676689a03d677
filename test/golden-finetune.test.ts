import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mix32 } from '../src/common/rng.ts';
import { openSafetensors, readTensor } from '../src/formats/safetensors.ts';
import { buildStructure } from '../src/models/build.ts';
import { savedName } from '../src/train/finetune/saved-name.ts';
import { createTfjsFinetune } from '../src/train/finetune/tfjs.ts';
import type { OptimizerName, ProbeEngine, ProbeSpec, Tensor } from '../src/train/probe/engine.ts';
import { HEAD_WEIGHT, NECK_BIAS, NECK_WEIGHT } from '../src/train/probe/initial.ts';
import { type BackboneCase, structureOf } from './backbone-cases.ts';
import { EXTRA, readCases } from './golden-folder.ts';
import { expectClose } from './golden-tensors.ts';
import { startTfjs } from './tfjs-engine.ts';

/** What PyTorch computes; golden-extra/finetune/make.py has the same figures. */
interface Case {
  readonly case: string;
  readonly optimizer: OptimizerName;
  /** Of each step, before its update. */
  readonly losses: readonly number[];
  /** Of the first batch: length of each gradient, and its products with two fixed directions. */
  readonly gradients: Readonly<Record<string, readonly [number, number, number]>>;
}
const CASES = readCases<Case>(EXTRA, 'finetune');
/** The networks that those figures belong to: always the copy beside this file. */
const BACKBONES = readCases<BackboneCase>(join(import.meta.dirname, 'golden'), 'backbones');

const [DIM, CLASSES, BATCH] = [6, 5, 3];
const RATE = 1e-3;
/** The backbones run in micro-batches of two and one images. */
const MICRO_BATCH = 2;
const GRADIENT_TOLERANCE = 1e-4;
/** Gradients whose true value is zero, e.g. by a key's bias, are rounding noise: relative to all gradients. */
const NOISE = 1e-6;
const LOSS_TOLERANCE = 1e-4;

/** Numbers in [-bound, bound) that both sides can make. */
function hashed(count: number, key: number, bound = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    return (mix32(key * 2 ** 20 + i) / 2 ** 31 - 1) * bound;
  });
}

function batch(step: number, size: number, learningRate: number) {
  return {
    features: hashed(BATCH * 3 * size ** 2, 1 + step, 1.7),
    labels: Int32Array.from({ length: BATCH }, (_, i) => (2 * step + i) % CLASSES),
    learningRate,
  };
}

async function create(c: BackboneCase, optimizer: ProbeSpec['optimizer']): Promise<ProbeEngine> {
  const file = await openSafetensors(join(c.root, 'backbones', `${c.case}.safetensors`));
  const { structure, args } = structureOf(c);
  const graph = buildStructure(structure, args, {
    projection: c.with_proj_layer,
    imageSize: c.image_size,
    published: file.tensors,
  });
  const width = graph.output.shape[1] as number;
  const probe: ProbeSpec = {
    width,
    embeddingDim: DIM,
    classes: CLASSES,
    classCounts: new Int32Array(CLASSES).fill(9),
    neck: 'proj_layer',
    head: {
      name: 'ArcFace',
      k: 1,
      s: 8,
      dynamic_s: false,
      m: 0.2,
      m_max: 0.5,
      m_min: 0.2,
      h: 0.3,
      t_alpha: 1,
    },
    optimizer,
    batchSize: BATCH,
    seed: 1,
  };
  const read = async (name: string) => ({
    shape: file.tensors.get(name)!.shape,
    data: await readTensor(file, name),
  });
  const report = { name: 'test', device: 'test', rejected: [] };
  const spec = {
    graph,
    imageSize: c.image_size,
    probe,
    dropout: 0,
    microBatch: MICRO_BATCH,
    keepTrace: true,
  };
  const engine = await createTfjsFinetune(spec, read, report);
  await engine.importState(
    new Map<string, Tensor>([
      [NECK_WEIGHT, { shape: [DIM, width], data: hashed(DIM * width, 101, width ** -0.5) }],
      [NECK_BIAS, { shape: [DIM], data: hashed(DIM, 102, width ** -0.5) }],
      [HEAD_WEIGHT, { shape: [CLASSES, DIM], data: hashed(CLASSES * DIM, 103, 0.5) }],
    ]),
  );
  return engine;
}

function projections(gradient: Float32Array): [number, number, number] {
  const directions = [gradient, hashed(gradient.length, 200), hashed(gradient.length, 201)] as const;
  const [square, ...products] = directions.map((d) => gradient.reduce((sum, g, i) => sum + g * d[i]!, 0));
  return [Math.sqrt(square!), products[0]!, products[1]!];
}

beforeAll(startTfjs);

describe.each(CASES)('fine-tuning of $case', ({ case: name, optimizer, losses, gradients }) => {
  const backbone = BACKBONES.find((c) => c.case === name)!;

  it('has the gradients of PyTorch', async () => {
    const engine = await create(backbone, { name: 'SGD', momentum: 0, weightDecay: 0 });
    const before = await engine.exportState();
    const rate = 1024; // a power of two: nothing of the gradient is lost beside the weight
    const { loss } = await engine.step(batch(0, backbone.image_size, rate));
    expectClose('loss', [loss], losses.slice(0, 1), 1e-4);
    const after = await engine.exportState();
    await engine.dispose();
    const all = Math.hypot(...Object.values(gradients).map(([length]) => length));
    const names = [...before.keys()].filter((weight) => !weight.startsWith('optimizer.'));
    expect(names.toSorted()).toEqual(Object.keys(gradients).map(saved).toSorted());
    for (const [weight, expected] of Object.entries(gradients)) {
      const [start, end] = [before.get(saved(weight))!.data, after.get(saved(weight))!.data];
      const got = projections(start.map((x, i) => (x - end[i]!) / rate));
      const tolerance = GRADIENT_TOLERANCE * expected[0] + NOISE * all;
      got.forEach((x, i) => {
        expect(Math.abs(x - expected[i]!), `${weight}, number ${i}`).toBeLessThan(tolerance);
      });
    }
  });

  it(`follows PyTorch with ${optimizer}`, async () => {
    const engine = await create(backbone, { name: optimizer, momentum: 0.9, weightDecay: 1e-2 });
    const got: number[] = [];
    for (let step = 0; step < losses.length; step++)
      got.push((await engine.step(batch(step, backbone.image_size, RATE))).loss);
    await engine.dispose();
    got.forEach((loss, i) => {
      expectClose(`loss of step ${i}`, [loss], [losses[i]!], LOSS_TOLERANCE);
    });
  });
});

/** The golden file tells a backbone's own `head.*` from the margin head's by a prefix, as checkpoints do. */
function saved(name: string): string {
  return name.startsWith('backbone.') || [HEAD_WEIGHT, NECK_WEIGHT, NECK_BIAS].includes(name)
    ? name
    : savedName(name);
}
