import { LEAST_NORM } from './algebra.ts';
import { dualNumbers } from './dual.ts';
import type { BatchFacts, BatchParameters, HeadState, MarginHead } from './head.ts';
import { targetRows } from './rows.ts';

/** A batch for a head alone: raw features and raw class centres. */
export interface HeadBatch {
  /** [B, D] row-major */
  readonly features: ArrayLike<number>;
  /** [C * k, D]; rows y*k .. y*k + k - 1 belong to class y */
  readonly weight: ArrayLike<number>;
  /** [B] */
  readonly labels: Int32Array;
  readonly dim: number;
  readonly classes: number;
}

export interface HeadResult {
  /** [B, C] */
  readonly logits: Float64Array;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** d loss / d features. [B, D] */
  readonly dFeatures: Float64Array;
  /** d loss / d weight. [C * k, D] */
  readonly dWeight: Float64Array;
  /** Head state after the batch. */
  readonly state: HeadState;
}

/** A head's loss and gradients in float64, slow and obvious: what the engines are tested against. */
export function referenceHead(head: MarginHead, batch: HeadBatch, state: HeadState): HeadResult {
  const { dim, classes, labels } = batch;
  const { k } = head;
  const rows = labels.length;
  const x = normalise(batch.features, dim);
  const w = normalise(batch.weight, dim);

  const cosines = new Float64Array(rows * classes); // best of the class's k centres
  const best = new Int32Array(rows * classes); // its row in w
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < classes; j++) {
      let c = Number.NEGATIVE_INFINITY;
      for (let r = j * k; r < j * k + k; r++) {
        const candidate = dot(x.unit, i, w.unit, r, dim);
        if (candidate <= c) continue;
        c = candidate;
        best[i * classes + j] = r;
      }
      cosines[i * classes + j] = Math.min(1, Math.max(-1, c));
    }

  const targetCosine = Float32Array.from(labels, (y, i) => cosines[i * classes + y]!);
  const facts: BatchFacts = {
    targetCosine,
    norms: Float32Array.from(x.norms),
    labels,
    ...(head.needsPartition && {
      logMeanPartition: logMeanPartition(cosines, labels, classes, head.partitionScale(state)),
    }),
  };
  const parameters = head.prepare(facts, state);
  const { logits, slopes } = formLogits(head, parameters, cosines, targetCosine, labels, classes);

  const dFeatures = new Float64Array(rows * dim);
  const dWeight = new Float64Array(classes * k * dim);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const logSum = logSumExp(row);
    loss += (logSum - row[labels[i]!]!) / rows;
    for (let j = 0; j < classes; j++) {
      const dLogit = (Math.exp(row[j]! - logSum) - (j === labels[i] ? 1 : 0)) / rows;
      const dCosine = dLogit * slopes[i * classes + j]!;
      const r = best[i * classes + j]!;
      // d cos(x, w) / dx = (w^ - c x^) / |x|, and the same with x and w exchanged.
      const c = dot(x.unit, i, w.unit, r, dim);
      for (let d = 0; d < dim; d++) {
        const xd = x.unit[i * dim + d]!;
        const wd = w.unit[r * dim + d]!;
        dFeatures[i * dim + d]! += dCosine * (wd - c * xd) * x.inverse[i]!;
        dWeight[r * dim + d]! += dCosine * (xd - c * wd) * w.inverse[r]!;
      }
    }
  }
  return { logits, loss, dFeatures, dWeight, state: parameters.state };
}

/** Scaled logits and their derivatives by the cosine, both [B, C]. */
function formLogits(
  head: MarginHead,
  parameters: BatchParameters<string>,
  cosines: Float64Array,
  targetCosine: Float32Array,
  labels: Int32Array,
  classes: number,
): { logits: Float64Array; slopes: Float64Array } {
  const { scale } = parameters;
  const target = targetRows(head, parameters, targetCosine);
  const logits = new Float64Array(cosines.length);
  const slopes = new Float64Array(cosines.length);
  labels.forEach((y, i) => {
    const row = Object.fromEntries(
      head.rowNames.map((name) => [name, dualNumbers.constant(parameters.rows[name]![i]!)]),
    );
    for (let j = 0; j < classes; j++) {
      const at = i * classes + j;
      const entry = head.entry(dualNumbers, { value: cosines[at]!, derivative: 1 }, row);
      logits[at] = j === y ? target.logit[i]! : scale * entry.value;
      slopes[at] = j === y ? target.slope[i]! : scale * entry.derivative;
    }
  });
  return { logits, slopes };
}

function logMeanPartition(cosines: Float64Array, labels: Int32Array, classes: number, scale: number): number {
  const others: number[] = [];
  cosines.forEach((c, at) => {
    if (at % classes !== labels[Math.floor(at / classes)]) others.push(scale * c);
  });
  return logSumExp(others) - Math.log(labels.length);
}

function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < values.length; j++) largest = Math.max(largest, values[j]!);
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += Math.exp(values[j]! - largest);
  return largest + Math.log(sum);
}

/** Rows divided by their length; `inverse` is 0 where there is no direction. */
function normalise(values: ArrayLike<number>, dim: number) {
  const rows = values.length / dim;
  const unit = new Float64Array(values.length);
  const norms = new Float64Array(rows);
  const inverse = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += values[i * dim + d]! ** 2;
    norms[i] = Math.sqrt(sum);
    inverse[i] = norms[i]! > LEAST_NORM ? 1 / norms[i]! : 0;
    for (let d = 0; d < dim; d++) unit[i * dim + d] = values[i * dim + d]! * inverse[i]!;
  }
  return { unit, norms, inverse };
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, dim: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += a[i * dim + d]! * b[j * dim + d]!;
  return sum;
}
