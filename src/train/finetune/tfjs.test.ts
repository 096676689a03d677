import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../../common/rng.ts';
import { startWasm } from '../../engine/tfjs-wasm.ts';
import { randomWeights } from '../../graph/random-weights.ts';
import type { HeadName } from '../../heads/head.ts';
import { buildStructure } from '../../models/build.ts';
import { findModel } from '../../models/registry.ts';
import { OPTIMIZER_NAMES, type ProbeBatch, type ProbeEngine, type ProbeState } from '../probe/engine.ts';
import type { WeightReader } from './backbone.ts';
import { createTfjsFinetune, type FinetuneSpec } from './tfjs.ts';

const SIDE = 14; // pixels: 2 x 2 patches
const WIDTH = 8;
const { model } = findModel('vit_small_patch14_dinov2')!;
const args = { ...model.args, img_size: SIDE, patch_size: 7, embed_dim: WIDTH, depth: 1, num_heads: 2 };
const graph = buildStructure(model.structure, args, { projection: false, imageSize: SIDE });

/** Larger than those that training starts from, so that every part of the network matters. */
const read: WeightReader = async (name) => {
  for (const [found, { shape, data }] of randomWeights(graph, 1))
    if (found === name) return { shape, data: data().map((x) => (x === 1 || x === 0 ? x : x * 10)) };
  throw new Error(name);
};

const report = { name: 'tfjs-wasm', device: 'test', rejected: [] };
const BATCH = 5;

interface Change {
  readonly head?: HeadName;
  readonly optimizer?: Partial<FinetuneSpec['probe']['optimizer']>;
  readonly microBatch?: number;
  readonly keepTrace?: boolean;
  readonly dropout?: number;
}

function create({
  head = 'ArcFace',
  optimizer,
  microBatch = 2,
  keepTrace = true,
  dropout = 0.3,
}: Change = {}) {
  const probe: FinetuneSpec['probe'] = {
    width: WIDTH,
    embeddingDim: 6,
    classes: 4,
    classCounts: Int32Array.of(3, 4, 5, 6),
    neck: 'proj_layer',
    head: { name: head, k: 1, s: 8, dynamic_s: true, m: 0.2, m_max: 0.5, m_min: 0.2, h: 0.3, t_alpha: 0.9 },
    optimizer: { name: 'Adam', momentum: 0.9, weightDecay: 1e-2, ...optimizer },
    batchSize: BATCH,
    seed: 3,
  };
  return createTfjsFinetune({ graph, imageSize: SIDE, probe, dropout, microBatch, keepTrace }, read, report);
}

function batch(step: number, learningRate = 0.01): ProbeBatch {
  const rng = new Rng(5, step);
  return {
    features: Float32Array.from({ length: BATCH * 3 * SIDE ** 2 }, () => rng.normal()),
    labels: Int32Array.from({ length: BATCH }, () => rng.below(4)),
    learningRate,
  };
}

async function losses(engine: ProbeEngine, from: number, to: number): Promise<number[]> {
  const found: number[] = [];
  for (let step = from; step < to; step++) found.push((await engine.step(batch(step))).loss);
  return found;
}

const isWeight = (name: string) => graph.weights.has(name) || /\.(weight|bias)$/.test(name);
const plain = { name: 'SGD', momentum: 0, weightDecay: 0 } as const;

beforeAll(async () => {
  await startWasm();
});

describe('createTfjsFinetune', () => {
  // The others' batch statistics move with the weights, but carry no gradient.
  it.each(['ArcFace', 'LiArcFace', 'DynM-ArcFace'] as const)(
    'has the derivative that differences of the loss show: %s',
    async (head) => {
      const engine = await create({ head, optimizer: plain });
      const start = await engine.exportState();
      await engine.step(batch(0, 1));
      const after = await engine.exportState();
      const names = [...start.keys()].filter(isWeight);
      expect(names.length).toBe(graph.weights.size + 3);
      // The gradient is what a step of plain descent at rate 1 took away.
      const gradient = (name: string) => start.get(name)!.data.map((x, i) => x - after.get(name)!.data[i]!);
      const rng = new Rng(2, 'direction');
      const along = new Map(names.map((name) => [name, gradient(name).map((g) => g + rng.normal() / 10)]));
      let expected = 0;
      for (const [name, d] of along)
        gradient(name).forEach((g, i) => {
          expected += g * d[i]!;
        });
      const lossAt = async (factor: number) => {
        const moved = [...start].map(([name, { shape, data }]) => {
          const d = along.get(name);
          return [name, { shape, data: d ? data.map((x, i) => x + factor * d[i]!) : data }] as const;
        });
        await engine.importState(new Map(moved));
        return (await engine.step(batch(0, 0))).loss;
      };
      const step = 2e-3;
      const got = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      expect(Math.abs(got / expected - 1)).toBeLessThan(0.01);
      await engine.dispose();
    },
  );

  it.each(['ArcFace', 'AdaCos', 'CurricularFace', 'AdaFace'] as const)(
    'does not depend on the size of micro-batches: %s',
    async (head) => {
      const found: { losses: number[]; state: ProbeState }[] = [];
      for (const microBatch of [1, 2, BATCH]) {
        const keepTrace = microBatch > 1;
        const engine = await create({ head, microBatch, keepTrace, optimizer: { name: 'SGD' } });
        found.push({ losses: await losses(engine, 0, 3), state: await engine.exportState() });
        await engine.dispose();
      }
      for (const { losses: those, state } of found.slice(1)) {
        those.forEach((loss, i) => {
          expect(loss).toBeCloseTo(found[0]!.losses[i]!, 4);
        });
        for (const [name, { data }] of state)
          data.forEach((x, i) => {
            expect(x, name).toBeCloseTo(found[0]!.state.get(name)!.data[i]!, 4);
          });
      }
    },
  );

  it.each(OPTIMIZER_NAMES)('goes on from a saved state with the same losses: %s', async (name) => {
    const whole = await create({ optimizer: { name } });
    const expected = await losses(whole, 0, 5);
    await whole.dispose();
    const first = await create({ optimizer: { name } });
    await losses(first, 0, 2);
    const state = await first.exportState();
    await first.dispose();
    const second = await create({ optimizer: { name } });
    await second.importState(state);
    expect(await losses(second, 2, 5)).toEqual(expected.slice(2));
    await second.dispose();
  });

  it.each(OPTIMIZER_NAMES)('learns, and changes every part of the network: %s', async (name) => {
    const engine = await create({ optimizer: { name }, dropout: 0 });
    const before = await engine.exportState();
    const found: number[] = [];
    for (let i = 0; i < 30; i++) found.push((await engine.step(batch(0))).loss);
    expect(found.at(-1)).toBeLessThan(found[0]! * 0.7);
    const after = await engine.exportState();
    for (const [weight, { data }] of before)
      if (isWeight(weight)) expect(after.get(weight)!.data, weight).not.toEqual(data);
    await engine.dispose();
  });

  it('embeds without dropout, in any number of images', async () => {
    const engine = await create({ dropout: 0.9 });
    const { features } = batch(0);
    const all = await engine.embed(features);
    const one = await engine.embed(features.subarray(0, 3 * SIDE ** 2));
    expect(all.length).toBe(BATCH * 6);
    one.forEach((x, i) => {
      expect(x).toBeCloseTo(all[i]!, 5);
    });
    await engine.dispose();
  });

  it.each([
    ['AdamW', 500],
    ['SAM_Adam', 20],
  ] as const)('%s holds as many tensors after %i steps as after one', async (name, steps) => {
    const outside = tf.memory().numTensors;
    const engine = await create({ optimizer: { name }, microBatch: 3, keepTrace: steps > 20 });
    await engine.step(batch(0));
    const { numTensors, numBytes } = tf.memory();
    for (let step = 1; step < steps; step++) await engine.step(batch(step));
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await engine.dispose();
    expect(tf.memory().numTensors).toBe(outside);
  });
});
