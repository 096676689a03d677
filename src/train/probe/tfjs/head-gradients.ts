import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../../common/errors.ts';
import type { Dual } from '../../../heads/dual.ts';
import type { BatchParameters, HeadState, MarginHead } from '../../../heads/head.ts';
import { type TargetRows, targetRows } from '../../../heads/rows.ts';
import { dualTensors, type Value } from './algebra.ts';
import { type Centres, type Cosines, cosinesTo, targetCosines } from './cosines.ts';
import { throughUnitRows, transposedTimes, type UnitRows, unitRows } from './linear-algebra.ts';

export interface HeadGradients {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** d loss / d features. [B, D] */
  readonly dFeatures: tf.Tensor2D;
  /** d loss / d centres, like `Centres`: k times [C, D] */
  readonly dCentres: tf.Tensor2D[];
  /** Head state after the batch. */
  readonly state: HeadState;
  /** Scaled logits, when asked for. [B, C] */
  readonly logits?: tf.Tensor2D;
}

export interface HeadInput {
  readonly head: MarginHead;
  readonly state: HeadState;
  /** Not normalised. [B, D] */
  readonly features: tf.Tensor2D;
  readonly centres: Centres;
  /** [B] */
  readonly labels: Int32Array;
  /** Most entries of a [B, c] matrix that is held at once. */
  readonly entriesAtOnce: number;
  readonly withLogits?: boolean;
}

/**
 * Loss and gradients of a margin head in closed form. Classes are visited in chunks, so that [B, C] never exists
 * whole: a first pass finds each row's log-sum-exp (with a running maximum; Milakov & Gimelshein, "Online normalizer
 * calculation for softmax", arXiv 1805.02867), a second one forms the gradients from recomputed cosines.
 *
 * The target's logit, one number a row, is formed on the host in float64. The caller owns the tensors returned.
 */
export async function headGradients(input: HeadInput): Promise<HeadGradients> {
  const { head, labels } = input;
  const held: tf.TensorContainer[] = [];
  const hold = <T extends tf.TensorContainer>(make: () => T): T => {
    const made = tf.tidy(make);
    held.push(made);
    return made;
  };
  try {
    const labelTensor = hold(() => tf.tensor1d(labels, 'int32'));
    const features = hold(() => ({ ...unitRows(input.features) }));
    const batch: Batch = { ...input, unit: features.unit, labelTensor };

    const cosine = hold(() => targetCosines(features.unit, input.centres, labelTensor));
    const [targetCosine, norms] = (await Promise.all([cosine.data(), features.norms.data()])) as [
      Float32Array,
      Float32Array,
    ];
    const facts = { targetCosine, norms, labels };
    const parameters = head.prepare(
      head.needsPartition ? { ...facts, logMeanPartition: await logMeanPartition(batch) } : facts,
      input.state,
    );
    const target = targetRows(head, parameters, targetCosine);

    const uploaded = hold(() => uploadRows(head, parameters, target));
    const rows: Rows = { ...uploaded, scale: parameters.scale };
    const logSum = hold(() =>
      logSumOverClasses(batch, (cosines, chunk) => logitsOf(batch, rows, cosines, chunk).logits),
    );
    const lossTensor = hold(() => tf.mean(tf.sub(logSum, rows.targetLogit)));

    const { dUnit, dCentres, logits } = tf.tidy(() => backward(batch, rows, logSum));
    held.push(dUnit);
    const dFeatures = tf.tidy(() => throughUnitRows(dUnit, features as UnitRows));
    const loss = (await lossTensor.data())[0]!;
    return { loss, dFeatures, dCentres, state: parameters.state, ...(logits && { logits }) };
  } finally {
    tf.dispose(held);
  }
}

interface Batch extends HeadInput {
  /** Normalised features. [B, D] */
  readonly unit: tf.Tensor2D;
  readonly labelTensor: tf.Tensor1D;
}

/** Per-row numbers on the device, each [B, 1]. */
interface Rows {
  readonly scale: number;
  readonly targetLogit: tf.Tensor2D;
  readonly targetSlope: tf.Tensor2D;
  readonly head: Readonly<Record<string, Dual<Value>>>;
}

/** Classes from .. to. */
interface Chunk {
  readonly from: number;
  readonly to: number;
}

function chunksOf({ labels, centres, entriesAtOnce }: Batch): Chunk[] {
  const classes = centres[0]!.shape[0];
  const size = Math.max(1, Math.floor(entriesAtOnce / labels.length));
  return Array.from({ length: Math.ceil(classes / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(classes, (i + 1) * size),
  }));
}

/** True at each row's own class. [B, c] */
function isTarget({ labelTensor }: Batch, { from, to }: Chunk): tf.Tensor2D {
  const column = tf.sub(labelTensor, tf.scalar(from, 'int32'));
  // oneHot takes at least two classes.
  if (to - from === 1) return tf.expandDims(tf.equal(column, tf.scalar(0, 'int32')), 1) as tf.Tensor2D;
  // Labels outside the chunk give a row of zeros.
  return tf.cast(tf.oneHot(column, to - from), 'bool') as tf.Tensor2D;
}

function uploadRows(head: MarginHead, parameters: BatchParameters<string>, target: TargetRows) {
  const column = (values: Float32Array) => tf.tensor2d(values, [values.length, 1]);
  return {
    targetLogit: column(target.logit),
    targetSlope: column(target.slope),
    head: Object.fromEntries(
      head.rowNames.map((name) => {
        const values = parameters.rows[name];
        if (!values) throw internalError(`${head.name} prepared no ${name}`);
        return [name, { value: column(values), derivative: 0 }];
      }),
    ),
  };
}

/** Scaled logits and, apart from the target's, their unscaled slopes by the cosine. [B, c] */
function logitsOf(
  batch: Batch,
  rows: Rows,
  { best }: Cosines,
  chunk: Chunk,
): { logits: tf.Tensor2D; slope: Value; target: tf.Tensor2D } {
  const entry = batch.head.entry(dualTensors, { value: best, derivative: 1 }, rows.head);
  const target = isTarget(batch, chunk);
  const logits = tf.where(target, rows.targetLogit, tf.mul(entry.value, rows.scale)) as tf.Tensor2D;
  return { logits, slope: entry.derivative, target };
}

/** log sum over classes of exp(value). [B, 1] */
function logSumOverClasses(
  batch: Batch,
  valuesOf: (cosines: Cosines, chunk: Chunk) => tf.Tensor2D,
): tf.Tensor2D {
  let running: { max: tf.Tensor; sum: tf.Tensor } | undefined;
  for (const chunk of chunksOf(batch)) {
    const before = running;
    running = tf.tidy(() => {
      const values = valuesOf(cosinesTo(batch.unit, batch.centres, chunk.from, chunk.to), chunk);
      const here = tf.max(values, 1, true);
      const max = before ? tf.maximum(before.max, here) : here;
      const sum = tf.sum(tf.exp(tf.sub(values, max)), 1, true);
      return { max, sum: before ? tf.add(sum, tf.mul(before.sum, tf.exp(tf.sub(before.max, max)))) : sum };
    });
    if (before) tf.dispose([before.max, before.sum]);
  }
  return tf.add(running!.max, tf.log(running!.sum)) as tf.Tensor2D;
}

/** Logarithm of the batch's mean of sum over the other classes of exp(partitionScale * c). */
async function logMeanPartition(batch: Batch): Promise<number> {
  const scale = batch.head.partitionScale(batch.state);
  const sums = tf.tidy(() =>
    logSumOverClasses(
      batch,
      ({ best }, chunk) => tf.where(isTarget(batch, chunk), -1e30, tf.mul(best, scale)) as tf.Tensor2D,
    ),
  );
  const logs = (await sums.data()) as Float32Array;
  sums.dispose();
  const largest = logs.reduce((a, b) => Math.max(a, b));
  const mean = logs.reduce((sum, v) => sum + Math.exp(v - largest), 0) / logs.length;
  return largest + Math.log(mean);
}

/** Gradients by the unit features and by the raw centres. */
function backward(batch: Batch, rows: Rows, logSum: tf.Tensor2D) {
  const { unit, centres, labels } = batch;
  let dUnit: tf.Tensor2D = tf.zerosLike(unit);
  const parts: tf.Tensor2D[][] = centres.map(() => []);
  const logits: tf.Tensor2D[] = [];
  for (const chunk of chunksOf(batch)) {
    const before = dUnit;
    const made = tf.tidy(() => {
      const cosines = cosinesTo(unit, centres, chunk.from, chunk.to);
      const here = logitsOf(batch, rows, cosines, chunk);
      const probability = tf.exp(tf.sub(here.logits, logSum));
      // d loss / d logit = (p - 1 at the target) / B, times d logit / d cosine
      const others = tf.mul(probability, tf.mul(here.slope, rows.scale / labels.length));
      const own = tf.mul(tf.sub(probability, 1), tf.div(rows.targetSlope, labels.length));
      const dCosine = tf.where(here.target, own, others) as tf.Tensor2D; // [B, c]
      let sum = before;
      const dCentres = cosines.centres.map((centre, j) => {
        const won = cosines.winner
          ? tf.mul(dCosine, tf.cast(tf.equal(cosines.winner, j), 'float32'))
          : dCosine;
        sum = tf.add(sum, tf.matMul(won as tf.Tensor2D, centre.unit));
        return throughUnitRows(transposedTimes(won as tf.Tensor2D, unit), centre); // [c, D]
      });
      return { sum, dCentres, ...(batch.withLogits && { logits: here.logits }) };
    });
    before.dispose();
    dUnit = made.sum;
    made.dCentres.forEach((d, j) => {
      parts[j]!.push(d);
    });
    if (made.logits) logits.push(made.logits);
  }
  const joined = (tensors: tf.Tensor2D[], axis: number) =>
    tensors.length === 1 ? tensors[0]! : tf.concat(tensors, axis);
  return {
    dUnit,
    dCentres: parts.map((p) => {
      const whole = joined(p, 0);
      if (p.length > 1) tf.dispose(p);
      return whole;
    }),
    ...(batch.withLogits && { logits: joined(logits, 1) }),
  };
}
