import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../../common/rng.ts';
import { startWasm } from '../../engine/tfjs-wasm.ts';
import { createHead } from '../../heads/create.ts';
import { HEAD_NAMES, type HeadConfig, type HeadName } from '../../heads/head.ts';
import { referenceHead } from '../../heads/reference.ts';
import type { OptimizerName, ProbeBatch, ProbeSpec, ProbeState } from './engine.ts';
import { OPTIMIZER_NAMES } from './engine.ts';
import { HEAD_WEIGHT, initialWeights, NECK_BIAS, NECK_WEIGHT } from './initial.ts';
import { runTfjsHead } from './tfjs/run-head.ts';
import { createTfjsProbe } from './tfjs.ts';

const report = { name: 'tfjs-wasm', device: 'test', rejected: [] };
const headConfig = (name: HeadName, k = 1): HeadConfig => ({
  name,
  k,
  s: 30,
  dynamic_s: true,
  m: 0.5,
  m_max: 0.5,
  m_min: 0.2,
  h: 0.333,
  t_alpha: 0.5,
});

function spec(more: Partial<ProbeSpec> = {}): ProbeSpec {
  return {
    width: 13,
    embeddingDim: 5,
    classes: 7,
    classCounts: Int32Array.of(3, 4, 5, 6, 7, 8, 9),
    neck: 'proj_layer',
    head: headConfig('ArcFace', 2),
    optimizer: { name: 'Adam', momentum: 0.9, weightDecay: 1e-2 },
    batchSize: 6,
    seed: 11,
    ...more,
  };
}

function batch(s: ProbeSpec, step: number, size = s.batchSize): ProbeBatch {
  const rng = new Rng(5, step);
  return {
    features: Float32Array.from({ length: size * s.width }, () => rng.normal()),
    labels: Int32Array.from({ length: size }, () => rng.below(s.classes)),
    learningRate: 0.01,
  };
}

async function trained(s: ProbeSpec, steps: number) {
  const probe = await createTfjsProbe(s, report);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await probe.step(batch(s, i))).loss);
  return { probe, losses };
}

function relative(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const differences = Array.from(expected, (e, i) => Math.abs(got[i]! - e));
  return Math.max(...differences) / Math.max(...Array.from(expected, Math.abs), 1e-30);
}

const allFinite = (state: ProbeState) => [...state.values()].every(({ data }) => data.every(Number.isFinite));

beforeAll(async () => {
  await startWasm();
});

describe('the head on tensors', () => {
  const shapes = [
    { classes: 7, dim: 5, rows: 3, k: 2, entries: 1 << 20 },
    { classes: 11, dim: 3, rows: 1, k: 5, entries: 4 },
    { classes: 64, dim: 17, rows: 9, k: 1, entries: 9 * 13 },
    { classes: 13, dim: 4, rows: 2, k: 3, entries: 2 * 4 }, // a last chunk of a single class
  ];
  it.each(HEAD_NAMES.flatMap((name) => shapes.map((shape) => ({ name, ...shape }))))(
    'equals the float64 reference: $name, $classes classes x $k, $rows rows',
    async ({ name, classes, dim, rows, k, entries }) => {
      const rng = new Rng(9, name, classes);
      const head = createHead(
        headConfig(name, k),
        classes,
        Int32Array.from({ length: classes }, (_, i) => i + 1),
      );
      const random = (n: number) => Float32Array.from({ length: n }, () => rng.normal());
      const input = {
        features: random(rows * dim),
        weight: random(classes * head.k * dim),
        labels: Int32Array.from({ length: rows }, () => rng.below(classes)),
        dim,
        classes,
      };
      const expected = referenceHead(head, input, head.initialState());
      const got = await runTfjsHead(head, input, head.initialState(), entries);
      expect(relative(got.logits, expected.logits)).toBeLessThan(1e-5);
      expect(got.loss).toBeCloseTo(expected.loss, 4);
      expect(relative(got.dFeatures, expected.dFeatures)).toBeLessThan(1e-5);
      expect(relative(got.dWeight, expected.dWeight)).toBeLessThan(1e-5);
      for (const [key, value] of Object.entries(expected.state)) expect(got.state[key]).toBeCloseTo(value, 4);
    },
  );

  it.each(HEAD_NAMES)('has finite gradients at cosines of +-1 and zero vectors: %s', async (name) => {
    const one = [1, 0, 0];
    const head = createHead(headConfig(name), 4, Int32Array.of(1, 2, 3, 4));
    const result = await runTfjsHead(
      head,
      {
        features: Float32Array.of(...one, -1, 0, 0, 0, 0, 0),
        weight: Float32Array.of(...one, -1, 0, 0, 0, 1, 0, 0, 0, 0),
        labels: Int32Array.of(0, 0, 3),
        dim: 3,
        classes: 4,
      },
      head.initialState(),
    );
    const numbers = [result.loss, ...result.logits, ...result.dFeatures, ...result.dWeight];
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  it('gives the gradient to the first of equal centres', async () => {
    const head = createHead(headConfig('ArcFace', 2), 2, Int32Array.of(1, 1));
    const input = {
      features: Float32Array.of(0.3, 0.9),
      weight: Float32Array.of(1, 0.2, 1, 0.2, 0, 1, 0.5, 1),
      labels: Int32Array.of(0),
      dim: 2,
      classes: 2,
    };
    const { dWeight } = await runTfjsHead(head, input, {});
    expect(relative(dWeight, referenceHead(head, input, {}).dWeight)).toBeLessThan(1e-5);
    expect([...dWeight.subarray(2, 4)]).toEqual([0, 0]);
  });
});

describe('createTfjsProbe', () => {
  it('starts from seeded weights within the published bounds', async () => {
    const s = spec();
    const { probe } = await trained(s, 0);
    const state = await probe.exportState();
    const expected = initialWeights(s, createHead(s.head, s.classes, s.classCounts));
    for (const [name, { shape, data }] of expected) {
      expect(state.get(name)?.shape).toEqual(shape);
      expect([...state.get(name)!.data]).toEqual([...data]);
    }
    expect(Math.max(...state.get(NECK_WEIGHT)!.data)).toBeLessThanOrEqual(1 / Math.sqrt(13));
    expect(state.get(HEAD_WEIGHT)?.shape).toEqual([14, 5]);
    const other = initialWeights({ ...s, seed: 12 }, createHead(s.head, s.classes, s.classCounts));
    expect([...other.get(NECK_BIAS)!.data]).not.toEqual([...expected.get(NECK_BIAS)!.data]);
    await probe.dispose();
  });

  it.each(
    OPTIMIZER_NAMES.flatMap((optimizer) =>
      (['CurricularFace', 'AdaCos', 'AdaFace'] as const).map((head) => ({ optimizer, head })),
    ),
  )('resumes to the bit: $optimizer, $head', async ({ optimizer, head }) => {
    const s = spec({
      head: headConfig(head),
      optimizer: { name: optimizer, momentum: 0.9, weightDecay: 1e-2 },
    });
    const whole = await trained(s, 6);
    const half = await trained(s, 3);
    const resumed = await createTfjsProbe({ ...s, seed: 99 }, report);
    await resumed.importState(await half.probe.exportState());
    const losses: number[] = [];
    for (let i = 3; i < 6; i++) losses.push((await resumed.step(batch(s, i))).loss);
    expect(losses).toEqual(whole.losses.slice(3));
    const [a, b] = [await resumed.exportState(), await whole.probe.exportState()];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [name, { data }] of b) expect([...a.get(name)!.data], name).toEqual([...data]);
    for (const { probe } of [whole, half]) await probe.dispose();
    await resumed.dispose();
  });

  it.each(OPTIMIZER_NAMES)(
    'keeps the number of tensors constant, the last smaller batch included: %s',
    async (name) => {
      const before = tf.memory().numTensors;
      const s = spec({ optimizer: { name: name as OptimizerName, momentum: 0.9, weightDecay: 0 } });
      const { probe } = await trained(s, 1);
      const during = tf.memory().numTensors;
      for (let i = 0; i < 5; i++) await probe.step(batch(s, i, i % 2 ? 1 : s.batchSize));
      await probe.embed(batch(s, 0).features);
      await probe.importState(await probe.exportState());
      expect(tf.memory().numTensors).toBe(during);
      await probe.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each(HEAD_NAMES)('stays finite on batches of one image: %s', async (name) => {
    const s = spec({ head: headConfig(name) });
    const { probe } = await trained(s, 0);
    for (let i = 0; i < 4; i++) expect((await probe.step(batch(s, i, 1))).loss).toBeGreaterThanOrEqual(0);
    expect(allFinite(await probe.exportState())).toBe(true);
    await probe.dispose();
  });

  it('stays finite on features of zero', async () => {
    const s = spec();
    const { probe } = await trained(s, 0);
    const zero = { ...batch(s, 0), features: new Float32Array(6 * 13) };
    await probe.importState(new Map([[NECK_BIAS, { shape: [5], data: new Float32Array(5) }]]));
    for (let i = 0; i < 3; i++) expect((await probe.step(zero)).loss).toBeGreaterThan(0);
    expect(allFinite(await probe.exportState())).toBe(true);
    await probe.dispose();
  });

  it('lowers the loss on data that can be learnt', async () => {
    const s = spec({ head: headConfig('ArcFace', 3), classes: 6, classCounts: new Int32Array(6).fill(1) });
    const { probe } = await trained(s, 0);
    const same = { ...batch(s, 0), labels: Int32Array.of(0, 1, 2, 3, 4, 5) };
    const first = (await probe.step(same)).loss;
    let last = first;
    for (let i = 0; i < 100; i++) last = (await probe.step(same)).loss;
    expect(last).toBeLessThan(first / 10);
    await probe.dispose();
  });

  it('pools without a weight: bins as adaptive average pooling', async () => {
    const s = spec({ neck: 'pooling', width: 5, embeddingDim: 3, head: headConfig('ArcFace') });
    const probe = await createTfjsProbe(s, report);
    // bins 0..2, 1..4, 3..5
    const embedding = await probe.embed(Float32Array.of(1, 2, 4, 8, 16));
    expect([...embedding].map((v) => v.toFixed(4))).toEqual(['1.5000', '4.6667', '12.0000']);
    expect([...(await probe.exportState()).keys()].some((n) => n.includes('neck'))).toBe(false);
    await probe.dispose();
  });

  it('names everything that does not fit a saved state', async () => {
    const probe = await createTfjsProbe(spec(), report);
    const tensor = (...shape: number[]) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    });
    const wrong = new Map([
      [HEAD_WEIGHT, tensor(7, 5)],
      ['neck.neck.2.weight', tensor(1)],
      [NECK_BIAS, tensor(5)],
    ]);
    await expect(probe.importState(wrong)).rejects.toThrow(/head.weight: expected \[14, 5\], got \[7, 5\]/);
    await expect(probe.importState(wrong)).rejects.toThrow(/neck.neck.2.weight: .*no such tensor/);
    await probe.dispose();
  });

  it('refuses labels and features that cannot be', async () => {
    const s = spec();
    const probe = await createTfjsProbe(s, report);
    const good = batch(s, 0);
    const bad = { ...good, labels: good.labels.map(() => 7) };
    await expect(probe.step(bad)).rejects.toThrow(/internal: label 7 of 7 classes/);
    await expect(probe.step({ ...good, features: new Float32Array(3) })).rejects.toThrow(/internal/);
    await probe.dispose();
  });
});
