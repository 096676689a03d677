import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/common/rng.ts';
import { HEAD_NAMES } from '../src/heads/head.ts';
import { OPTIMIZER_NAMES, type ProbeEngine, type ProbeSpec } from '../src/train/probe/engine.ts';
import { createKernelProbe } from '../src/train/probe/kernels.ts';
import { createTfjsProbe } from '../src/train/probe/tfjs.ts';
import { relativeError } from './golden-tensors.ts';
import { startTfjs } from './tfjs-engine.ts';

/** Steps of a run: long enough for running statistics and moments to matter. */
const STEPS = 4;
/** Relative to the largest value of a tensor. */
const TOLERANCE = 1e-4;
/** Adam divides by the size of the gradient, so a weight whose gradient is rounding noise may go either way. */
const NOISE_TOLERANCE = 2e-3;

const cases = HEAD_NAMES.flatMap((head, i) =>
  OPTIMIZER_NAMES.map((optimizer, j) => ({
    head,
    optimizer,
    classes: 11 + 13 * i + j,
    embeddingDim: 5 + 9 * j,
    width: 19 + 7 * i,
    k: (head === 'ArcFace' || head === 'DynM-ArcFace') && j > 0 ? j + 1 : 1,
    rows: 9 + 5 * j,
  })),
);

async function run(probe: ProbeEngine, spec: ProbeSpec) {
  const losses: number[] = [];
  const rng = new Rng(3, 'batches', spec.classes);
  for (let step = 0; step < STEPS; step++) {
    const rows = Math.max(2, spec.batchSize - 3 * step);
    const { loss } = await probe.step({
      features: Float32Array.from({ length: rows * spec.width }, () => rng.normal()),
      labels: Int32Array.from({ length: rows }, () => rng.below(spec.classes)),
      learningRate: 0.01,
    });
    losses.push(loss);
  }
  const state = await probe.exportState();
  await probe.dispose();
  return { losses, state };
}

beforeAll(startTfjs);

describe('the probe on kernels and on TensorFlow.js', () => {
  it.each(cases)('$head k=$k, $optimizer, $classes classes x $embeddingDim', async (c) => {
    const spec: ProbeSpec = {
      width: c.width,
      embeddingDim: c.embeddingDim,
      classes: c.classes,
      classCounts: Int32Array.from({ length: c.classes }, (_, i) => 2 + ((i * 7) % 23)),
      neck: c.rows % 2 ? 'proj_layer' : 'pooling',
      head: {
        name: c.head,
        k: c.k,
        s: 20,
        dynamic_s: true,
        m: 0.3,
        m_max: 0.5,
        m_min: 0.1,
        h: 0.3,
        t_alpha: 0.9,
      },
      optimizer: { name: c.optimizer, momentum: 0.9, weightDecay: 1e-3 },
      batchSize: c.rows,
      seed: 11,
    };
    const report = { name: 'test', device: 'test', rejected: [] };
    const tfjs = await run(await createTfjsProbe(spec, report), spec);
    const kernels = await run(await createKernelProbe(spec, report, { threads: 2 }), spec);
    expect(relativeError(kernels.losses, tfjs.losses)).toBeLessThan(TOLERANCE);
    expect([...kernels.state.keys()]).toEqual([...tfjs.state.keys()]);
    for (const [name, tensor] of tfjs.state) {
      const got = kernels.state.get(name)!;
      expect(got.shape, name).toEqual(tensor.shape);
      expect(relativeError(got.data, tensor.data), name).toBeLessThan(NOISE_TOLERANCE);
    }
  });
});
