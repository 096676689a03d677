import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHead } from '../src/heads/create.ts';
import type { HeadConfig, HeadName, HeadState, MarginHead } from '../src/heads/head.ts';
import { referenceHead } from '../src/heads/reference.ts';
import { createKernelProbe } from '../src/train/probe/kernels.ts';
import { runTfjsHead } from '../src/train/probe/tfjs/run-head.ts';
import { EXTRA, GOLDEN, readCases } from './golden-folder.ts';
import { type GoldenTensor, goldenTensors, relativeError } from './golden-tensors.ts';
import { headOnProbe } from './probe-as-head.ts';
import { startTfjs } from './tfjs-engine.ts';

interface HeadCase {
  readonly tag: string;
  readonly name: HeadName;
  readonly HEAD: HeadConfig;
  /** Classes, embedding size, batch size. */
  readonly C: number;
  readonly D: number;
  readonly B: number;
}

interface HeadBatch {
  readonly features: Float32Array;
  readonly weight: Float32Array;
  readonly labels: Int32Array;
  readonly dim: number;
  readonly classes: number;
}

interface HeadRun {
  /** Absent where an engine never forms them. */
  readonly logits?: ArrayLike<number>;
  readonly loss: number;
  readonly dFeatures: ArrayLike<number>;
  readonly dWeight: ArrayLike<number>;
  readonly state: HeadState;
}

type Engine = (
  head: MarginHead,
  batch: HeadBatch,
  state: HeadState,
  config: HeadConfig,
  classCounts: Int32Array,
) => HeadRun | Promise<HeadRun>;

/** Relative to the largest value. */
const TOLERANCE = 1e-4;
const cases = [GOLDEN, EXTRA].flatMap((root) => readCases<HeadCase>(root, 'heads', 'heads.json'));
const engines: Record<string, Engine> = {
  'float64 reference': referenceHead,
  tfjs: (head, batch, state) => runTfjsHead(head, batch, state),
  kernels: (head, batch, state, config, classCounts) =>
    headOnProbe(
      (spec) => createKernelProbe(spec, { name: 'kernels', device: 'test', rejected: [] }, { threads: 2 }),
      config,
      classCounts,
      head,
      batch,
      state,
    ),
};

/** Largest relative error over all batches, state carried over, of logits, loss and both gradients. */
async function errorOf(
  engine: Engine,
  config: HeadConfig,
  golden: ReadonlyMap<string, GoldenTensor>,
  c: HeadCase,
) {
  const classCounts = Int32Array.from(golden.get('class_counts')!.data);
  const head = createHead(config, c.C, classCounts);
  const weight = golden.get('weight')!.data;
  let state = head.initialState();
  const errors: Record<string, number> = {};
  for (let i = 0; golden.has(`x${i}`); i++) {
    const data = (key: string) => golden.get(`${key}${i}`)!.data;
    const batch = { features: data('x'), weight, labels: Int32Array.from(data('y')), dim: c.D, classes: c.C };
    const got = await engine(head, batch, state, config, classCounts);
    state = got.state;
    if (got.logits) errors[`logits${i}`] = relativeError(got.logits, data('logits'));
    errors[`loss${i}`] = relativeError([got.loss], data('loss'));
    errors[`dx${i}`] = relativeError(got.dFeatures, data('dx'));
    errors[`dw${i}`] = relativeError(got.dWeight, data('dw'));
  }
  return errors;
}

beforeAll(async () => {
  await startTfjs();
});

describe.each(cases)('head $tag: $name k=$HEAD.k', (c) => {
  it.each(Object.keys(engines))('equals the golden logits, loss and gradients on %s', async (engine) => {
    const golden = await goldenTensors(join(c.root, 'heads', `${c.tag}.safetensors`));
    // `name` and `HEAD.name` differ in the published set, whose values are those of HEAD; whichever of the two a set
    // was made with, one of them must explain every value.
    const names = new Set([c.HEAD.name, c.name]);
    const worst: Record<string, Record<string, number>> = {};
    for (const name of names) {
      const errors = await errorOf(engines[engine]!, { ...c.HEAD, name }, golden, c);
      expect(Object.keys(errors).length).toBeGreaterThan(0);
      if (Object.values(errors).every((e) => e <= TOLERANCE)) return;
      worst[name] = errors;
    }
    expect.fail(`no head explains the values; relative errors: ${JSON.stringify(worst, null, 1)}`);
  });

  it('leaves no tensor behind', async () => {
    const golden = await goldenTensors(join(c.root, 'heads', `${c.tag}.safetensors`));
    const before = tf.memory().numTensors;
    await errorOf(engines.tfjs!, c.HEAD, golden, c);
    expect(tf.memory().numTensors).toBe(before);
  });
});
