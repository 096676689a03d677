import * as tf from '@tensorflow/tfjs-core';
import { timesTransposed, type UnitRows, unitRows } from './linear-algebra.ts';

/**
 * Class centres, one tensor [C, D] for each of the k sub-centres: the maximum over k is then k - 1 elementwise maxima
 * instead of a reduction over an inner axis of length k.
 */
export type Centres = readonly tf.Tensor2D[];

/** Cosines of a batch to a range of classes. */
export interface Cosines {
  /** Best of the k centres, clamped to [-1, 1]. [B, c] */
  readonly best: tf.Tensor2D;
  /** Which sub-centre that was, as float32; absent for k = 1. [B, c] */
  readonly winner: tf.Tensor2D | undefined;
  /** The range's centres, normalised. k times [c, D] */
  readonly centres: readonly UnitRows[];
}

/** @param unit normalised features [B, D] */
export function cosinesTo(unit: tf.Tensor2D, centres: Centres, from: number, to: number): Cosines {
  const dim = unit.shape[1];
  const rows = centres.map((w) => unitRows(tf.slice(w, [from, 0], [to - from, dim])));
  const [first, ...others] = rows.map((r) => timesTransposed(unit, r.unit));
  let best = first!;
  let winner = others.length ? (tf.zerosLike(best) as tf.Tensor2D) : undefined;
  others.forEach((candidate, j) => {
    // Strictly greater: of equal centres the first one gets the gradient, as in PyTorch.
    winner = tf.where(tf.greater(candidate, best), tf.fill(best.shape, j + 1), winner!);
    best = tf.maximum(best, candidate);
  });
  return { best: tf.clipByValue(best, -1, 1), winner, centres: rows };
}

/** Cosine to each row's own class, best of its k centres, clamped. [B] */
export function targetCosines(unit: tf.Tensor2D, centres: Centres, labels: tf.Tensor1D): tf.Tensor1D {
  const each = centres.map((w) => tf.sum(tf.mul(unitRows(tf.gather(w, labels)).unit, unit), 1));
  const best = each.reduce((a, b) => tf.maximum(a, b));
  return tf.clipByValue(best, -1, 1) as tf.Tensor1D;
}
