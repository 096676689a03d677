import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSchedule, type ScheduleSpec } from '../src/config/schedule.ts';
import type { HeadConfig } from '../src/heads/head.ts';
import type { OptimizerName, ProbeEngine, ProbeSpec } from '../src/train/probe/engine.ts';
import { createKernelProbe } from '../src/train/probe/kernels.ts';
import { createTfjsProbe } from '../src/train/probe/tfjs.ts';
import { EXTRA, GOLDEN, readCases } from './golden-folder.ts';
import { expectClose, type GoldenTensor, goldenTensors } from './golden-tensors.ts';
import { startTfjs } from './tfjs-engine.ts';

interface ProbeCase {
  readonly case: string;
  readonly MODEL: {
    readonly embedding_dim: number;
    readonly NECK: { readonly neck_type: 'proj_layer' | 'pooling' };
    readonly HEAD: HeadConfig;
  };
  readonly OPTIMIZER: {
    readonly name: OptimizerName;
    readonly lr: number;
    readonly weight_decay: number;
    readonly momentum: number;
  };
  readonly SCHEDULER: {
    readonly epoch_based: boolean;
    readonly name: 'cosine' | null;
    readonly warmup: 'linear' | 'exponential' | null;
    /** In steps. */
    readonly warmup_steps: number;
    readonly min_lr: number;
  };
  readonly batch_size: number;
  readonly epochs: number;
  readonly classes: number;
  readonly samples: number;
  readonly width: number;
}

/** Relative to the largest value. */
const TOLERANCE = 1e-4;
const cases = [GOLDEN, EXTRA].flatMap((root) => readCases<ProbeCase>(root, 'probe'));
const report = { name: 'tfjs-wasm', device: 'test', rejected: [] };
const kernelReport = { name: 'kernels', device: 'test', rejected: [] };
const engines: Record<string, (spec: ProbeSpec) => Promise<ProbeEngine>> = {
  tfjs: (spec) => createTfjsProbe(spec, report),
  'tfjs in chunks of three classes': (spec) =>
    createTfjsProbe(spec, report, { entriesAtOnce: 3 * spec.batchSize }),
  'kernels on one thread': (spec) => createKernelProbe(spec, kernelReport, { threads: 1 }),
  'kernels on three threads': (spec) => createKernelProbe(spec, kernelReport, { threads: 3 }),
};

function specOf(c: ProbeCase, labels: Int32Array): ProbeSpec {
  const classCounts = new Int32Array(c.classes);
  for (const y of labels) classCounts[y]!++;
  const { name, momentum, weight_decay: weightDecay } = c.OPTIMIZER;
  return {
    width: c.width,
    embeddingDim: c.MODEL.embedding_dim,
    classes: c.classes,
    classCounts,
    neck: c.MODEL.NECK.neck_type,
    head: c.MODEL.HEAD,
    optimizer: { name, momentum, weightDecay },
    batchSize: c.batch_size,
    seed: 1,
  };
}

function scheduleOf(c: ProbeCase): ScheduleSpec {
  const stepsPerEpoch = Math.ceil(c.samples / c.batch_size);
  return {
    learningRate: c.OPTIMIZER.lr,
    minLearningRate: c.SCHEDULER.min_lr,
    name: c.SCHEDULER.name,
    warmup: c.SCHEDULER.warmup,
    warmupSteps: c.SCHEDULER.warmup_steps,
    epochBased: c.SCHEDULER.epoch_based,
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * c.epochs,
  };
}

/** `init.x` -> `x` */
function withPrefix(golden: ReadonlyMap<string, GoldenTensor>, prefix: string) {
  return new Map(
    [...golden].filter(([n]) => n.startsWith(prefix)).map(([n, tensor]) => [n.slice(prefix.length), tensor]),
  );
}

beforeAll(async () => {
  await startTfjs();
});

describe.each(cases)('probe $case', (c) => {
  it.each(Object.keys(engines))('follows the golden trajectory on %s', async (engine) => {
    const golden = await goldenTensors(join(c.root, 'probe', `${c.case}.safetensors`));
    const features = golden.get('features')!.data;
    const labels = Int32Array.from(golden.get('labels')!.data);
    const tensors = tf.memory().numTensors;
    const probe = await engines[engine]!(specOf(c, labels));
    await probe.importState(withPrefix(golden, 'init.'));
    const tensorsBetweenSteps = tf.memory().numTensors;

    const schedule = createSchedule(scheduleOf(c));
    const losses: number[] = [];
    const lrs: number[] = [];
    for (let epoch = 0; epoch < c.epochs; epoch++)
      for (let from = 0; from < c.samples; from += c.batch_size) {
        const to = Math.min(c.samples, from + c.batch_size);
        const { loss } = await probe.step({
          features: features.subarray(from * c.width, to * c.width),
          labels: labels.subarray(from, to),
          learningRate: schedule.rate(losses.length),
        });
        lrs.push(schedule.rateAfter(losses.length));
        losses.push(loss);
        expect(tf.memory().numTensors).toBe(tensorsBetweenSteps);
      }

    expectClose('learning rates', lrs, golden.get('lrs')!.data, TOLERANCE);
    expectClose('losses', losses, golden.get('losses')!.data, TOLERANCE);
    const state = await probe.exportState();
    const final = withPrefix(golden, 'final.');
    expect(final.size).toBeGreaterThan(0);
    for (const [name, tensor] of final) {
      expect(state.get(name)?.shape, name).toEqual(tensor.shape);
      expectClose(name, state.get(name)!.data, tensor.data, TOLERANCE);
    }
    await probe.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
