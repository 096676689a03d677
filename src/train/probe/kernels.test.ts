import { afterEach, describe, expect, it } from 'vitest';
import { MdfeError } from '../../common/errors.ts';
import { Rng } from '../../common/rng.ts';
import { createHead } from '../../heads/create.ts';
import { HEAD_NAMES, type HeadConfig, type HeadName } from '../../heads/head.ts';
import { referenceHead } from '../../heads/reference.ts';
import type { OptimizerName, ProbeEngine, ProbeSpec, ProbeState } from './engine.ts';
import { HEAD_WEIGHT, NECK_BIAS, NECK_WEIGHT } from './initial.ts';
import { createKernelProbe, type KernelProbe } from './kernels.ts';
import { poolingMatrix } from './pooling.ts';

const report = { name: 'kernels', device: 'test', rejected: [] };
const open: ProbeEngine[] = [];

async function create(spec: ProbeSpec, threads = 2): Promise<KernelProbe> {
  const probe = await createKernelProbe(spec, report, { threads });
  open.push(probe);
  return probe;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((probe) => probe.dispose()));
});

function headConfig(name: HeadName, k = 1, s = 30): HeadConfig {
  return { name, k, s, dynamic_s: true, m: 0.4, m_max: 0.5, m_min: 0.2, h: 0.333, t_alpha: 0.5 };
}

function specFor(change: Partial<ProbeSpec> = {}): ProbeSpec {
  const classes = change.classes ?? 37;
  return {
    width: 50,
    embeddingDim: 20,
    classes,
    classCounts: Int32Array.from({ length: classes }, (_, i) => 3 + (i % 11)),
    neck: 'proj_layer',
    head: headConfig('ArcFace'),
    optimizer: { name: 'SGD', momentum: 0, weightDecay: 0 },
    batchSize: 24,
    seed: 5,
    ...change,
  };
}

function randomBatch(spec: ProbeSpec, rows: number, learningRate: number, seed = 9) {
  const rng = new Rng(seed, 'batch');
  return {
    features: Float32Array.from({ length: rows * spec.width }, () => rng.normal()),
    labels: Int32Array.from({ length: rows }, () => rng.below(spec.classes)),
    learningRate,
  };
}

/** Loss and gradients of a whole probe in float64. */
function reference(spec: ProbeSpec, state: ProbeState, features: Float32Array, labels: Int32Array) {
  const { width, embeddingDim: dim, classes } = spec;
  const head = createHead(spec.head, classes, spec.classCounts);
  const pooling = spec.neck === 'pooling' ? poolingMatrix(width, dim) : undefined;
  const weight = state.get(NECK_WEIGHT)?.data;
  const bias = state.get(NECK_BIAS)?.data;
  const rows = labels.length;
  const embeddings = new Float64Array(rows * dim);
  for (let b = 0; b < rows; b++)
    for (let d = 0; d < dim; d++) {
      let sum = bias?.[d] ?? 0;
      for (let w = 0; w < width; w++)
        sum += features[b * width + w]! * (pooling ? pooling[w * dim + d]! : weight![d * width + w]!);
      embeddings[b * dim + d] = sum;
    }
  const result = referenceHead(
    head,
    { features: embeddings, weight: state.get(HEAD_WEIGHT)!.data, labels, dim, classes },
    head.initialState(),
  );
  const gradients = new Map<string, Float64Array>([[HEAD_WEIGHT, result.dWeight]]);
  if (!pooling) {
    const dNeck = new Float64Array(dim * width);
    const dBias = new Float64Array(dim);
    for (let b = 0; b < rows; b++)
      for (let d = 0; d < dim; d++) {
        const g = result.dFeatures[b * dim + d]!;
        dBias[d]! += g;
        for (let w = 0; w < width; w++) dNeck[d * width + w]! += g * features[b * width + w]!;
      }
    gradients.set(NECK_WEIGHT, dNeck).set(NECK_BIAS, dBias);
  }
  return { loss: result.loss, gradients };
}

/** Largest difference, relative to the largest expected value or `least`. */
function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  let largest = least;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(got[i]! - expected[i]!);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst / largest;
}

/** One step of plain SGD at rate 1 shows the gradients as differences of weights. */
async function gradientErrors(spec: ProbeSpec, rows: number, threads: number, initial?: ProbeState) {
  const probe = await create(spec, threads);
  if (initial) await probe.importState(initial);
  const before = await probe.exportState();
  const batch = randomBatch(spec, rows, 1);
  const expected = reference(spec, before, batch.features, batch.labels);
  const { loss } = await probe.step(batch);
  const after = await probe.exportState();
  const errors: Record<string, number> = {
    loss: Math.abs(loss - expected.loss) / Math.max(expected.loss, 0.01),
  };
  for (const [name, gradient] of expected.gradients) {
    const now = after.get(name)!.data;
    errors[name] = relativeError(
      before.get(name)!.data.map((v, i) => v - now[i]!),
      gradient,
      0.01, // a smaller gradient cannot be read off weights of size 1
    );
  }
  return errors;
}

/** Relative to the largest value; differences of float32 weights lose about two digits. */
const TOLERANCE = 1e-4;

function expectSmall(errors: Record<string, number>) {
  for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(TOLERANCE);
}

describe('the kernels against a float64 probe', () => {
  it.each(HEAD_NAMES)('%s: loss and gradients', async (name) => {
    expectSmall(await gradientErrors(specFor({ head: headConfig(name) }), 24, 2));
  });

  // Sizes that fill no tile, no panel and no vector, and more threads than there is work.
  it.each([
    { embeddingDim: 2, classes: 3, k: 1, batchSize: 1, width: 1, threads: 1 },
    { embeddingDim: 7, classes: 5, k: 2, batchSize: 3, width: 17, threads: 4 },
    { embeddingDim: 33, classes: 101, k: 3, batchSize: 17, width: 31, threads: 3 },
    { embeddingDim: 64, classes: 203, k: 5, batchSize: 50, width: 96, threads: 2 },
    { embeddingDim: 96, classes: 64, k: 13, batchSize: 33, width: 40, threads: 5 },
    { embeddingDim: 130, classes: 41, k: 7, batchSize: 16, width: 129, threads: 2 },
    { embeddingDim: 16, classes: 4, k: 256, batchSize: 9, width: 20, threads: 2 },
  ])('%o', async ({ k, threads, ...sizes }) => {
    const spec = specFor({ ...sizes, head: headConfig('ArcFace', k) });
    expectSmall(await gradientErrors(spec, sizes.batchSize, threads));
    expectSmall(await gradientErrors(spec, Math.ceil(sizes.batchSize / 2), threads)); // an epoch's last batch
  });

  it('pools where the neck has no weights', async () => {
    expectSmall(await gradientErrors(specFor({ neck: 'pooling', head: headConfig('ArcFace', 3) }), 24, 3));
  });

  it.each([1, 64, 200, 1000])('a scale of %d', async (s) => {
    for (const name of ['ArcFace', 'LiArcFace', 'CurricularFace'] as const)
      expectSmall(await gradientErrors(specFor({ head: headConfig(name, 1, s) }), 24, 2));
  });

  it('computes twice what would take too much memory to keep', async () => {
    const spec = specFor({ classes: 40_000, batchSize: 1000, embeddingDim: 3, width: 5 });
    expectSmall(await gradientErrors(spec, 20, 2));
  });
});

describe('a kernel probe', () => {
  it('stays finite where cosines are exactly +1 and -1', async () => {
    for (const name of HEAD_NAMES) {
      const spec = specFor({ head: headConfig(name), width: 8, embeddingDim: 8, classes: 6, batchSize: 6 });
      const probe = await create(spec);
      const axis = (size: number, sign: (row: number) => number) => ({
        shape: [size, 8],
        data: Float32Array.from({ length: size * 8 }, (_, i) =>
          i % 8 === Math.floor(i / 8) >> 1 ? sign(Math.floor(i / 8)) : 0,
        ),
      });
      const identity = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0));
      await probe.importState(
        new Map([
          [NECK_WEIGHT, { shape: [8, 8], data: identity }],
          [NECK_BIAS, { shape: [8], data: new Float32Array(8) }],
          [HEAD_WEIGHT, axis(6, (row) => (row % 2 ? -1 : 1))],
        ]),
      );
      const features = axis(6, () => 1).data;
      for (let step = 0; step < 3; step++) {
        const { loss } = await probe.step({
          features,
          labels: Int32Array.of(0, 1, 2, 3, 4, 5),
          learningRate: 0.01,
        });
        expect(loss, name).toBeTypeOf('number');
        expect(Number.isFinite(loss), name).toBe(true);
      }
      for (const [tensor, { data }] of await probe.exportState())
        expect(data.every(Number.isFinite), `${name} ${tensor}`).toBe(true);
    }
  });

  it('repeats exactly, and differs by rounding only between numbers of threads', async () => {
    const spec = specFor({ head: headConfig('ArcFace', 3), optimizer: adam });
    const run = async (threads: number) => {
      const probe = await create(spec, threads);
      for (let step = 0; step < 5; step++) await probe.step(randomBatch(spec, 24 - step, 0.01, step));
      return (await probe.exportState()).get(HEAD_WEIGHT)!.data;
    };
    const [one, again, three] = [await run(1), await run(1), await run(3)];
    expect(again).toEqual(one);
    expect(await run(3)).toEqual(three);
    expect(relativeError(three, one)).toBeLessThan(1e-4);
  });

  it.each(['SGD', 'Adam', 'AdamW', 'SAM_Adam', 'SAM_AdamW'] as const)(
    'goes on exactly from what it exported: %s',
    async (name) => {
      const spec = specFor({ head: headConfig('CurricularFace'), optimizer: { ...adam, name } });
      const straight = await create(spec);
      const first = await create(spec);
      for (let step = 0; step < 3; step++) {
        await straight.step(randomBatch(spec, 24, 0.01, step));
        await first.step(randomBatch(spec, 24, 0.01, step));
      }
      const second = await create({ ...spec, seed: 6 });
      await second.importState(await first.exportState());
      for (let step = 3; step < 6; step++) {
        const batch = randomBatch(spec, 24, 0.01, step);
        expect(await second.step(batch)).toEqual(await straight.step(batch));
      }
      expect(await second.exportState()).toEqual(await straight.exportState());
    },
  );

  it('leaves moments out while they are zero', async () => {
    const spec = specFor({ optimizer: adam });
    const probe = await create(spec);
    const saved = async () => (await probe.exportState()).has(`optimizer.exp_avg.${HEAD_WEIGHT}`);
    expect(await saved()).toBe(false);
    await probe.step(randomBatch(spec, 24, 0.01));
    expect(await saved()).toBe(true);
    const second = await create(spec);
    const moment = `optimizer.exp_avg.${HEAD_WEIGHT}`;
    await second.importState(new Map([[moment, (await probe.exportState()).get(moment)!]]));
    expect((await second.exportState()).get(moment)).toEqual((await probe.exportState()).get(moment));
  });

  it('embeds any number of rows without normalising them', async () => {
    const spec = specFor();
    const probe = await create(spec);
    const { features } = randomBatch(spec, 61, 0);
    const got = await probe.embed(features);
    const state = await probe.exportState();
    const [weight, bias] = [state.get(NECK_WEIGHT)!.data, state.get(NECK_BIAS)!.data];
    const expected = Float64Array.from({ length: 61 * 20 }, (_, i) => {
      const [b, d] = [Math.floor(i / 20), i % 20];
      let sum = bias[d]!;
      for (let w = 0; w < 50; w++) sum += features[b * 50 + w]! * weight[d * 50 + w]!;
      return sum;
    });
    expect(relativeError(got, expected)).toBeLessThan(1e-5);
  });

  it('names every tensor that does not fit', async () => {
    const probe = await create(specFor());
    const wrong = new Map([
      [HEAD_WEIGHT, { shape: [2, 2], data: new Float32Array(4) }],
      ['head.t', { shape: [1], data: new Float32Array(1) }],
    ]);
    await expect(probe.importState(wrong)).rejects.toThrow(/head\.weight: expected \[37, 20\][\s\S]*head\.t/);
  });

  it('reports the death of a thread, at once and ever after', async () => {
    for (const thread of [0, 2]) {
      const spec = specFor({ classes: 50_000, batchSize: 128, embeddingDim: 64 });
      const probe = await create(spec, 3);
      const step = probe.step(randomBatch(spec, 128, 0.01));
      const died = expect(step).rejects.toMatchObject({ details: { code: 'kernels/worker-died' } });
      await probe.endThread(thread);
      await died;
      await expect(probe.step(randomBatch(spec, 128, 0.01))).rejects.toThrow(MdfeError);
    }
  });

  it('refuses sizes beyond 4 GiB with the figures', async () => {
    const spec = specFor({ classes: 6_000_000, embeddingDim: 64, classCounts: new Int32Array(6_000_000) });
    await expect(create({ ...spec, optimizer: adam })).rejects.toThrow(
      /4\.00 GiB[\s\S]*6000000 classes x 1 centres x 64 numbers are 1\.43 GiB[\s\S]*3 of them/,
    );
  });

  it('does not block the thread that waits for it', async () => {
    const spec = specFor({ classes: 20_000, batchSize: 128, embeddingDim: 64 });
    const probe = await create(spec, 2);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await probe.step(randomBatch(spec, 128, 0.01));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

const adam: { name: OptimizerName; momentum: number; weightDecay: number } = {
  name: 'Adam',
  momentum: 0.9,
  weightDecay: 1e-3,
};
