import * as tf from '@tensorflow/tfjs-core';
import { LEAST_NORM } from '../../../heads/algebra.ts';

/** a [n, m] times the transpose of b [p, m]: [n, p] */
export function timesTransposed(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  // The WebAssembly back end multiplies a transposed operand several times slower than it transposes it.
  return tf.getBackend() === 'wasm' ? tf.matMul(a, tf.transpose(b)) : tf.matMul(a, b, false, true);
}

/** The transpose of a [m, n] times b [m, p]: [n, p] */
export function transposedTimes(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.getBackend() === 'wasm' ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true, false);
}

export interface UnitRows {
  /** Rows of length one; zero where there is no direction. [n, d] */
  readonly unit: tf.Tensor2D;
  /** Length of each row before. [n, 1] */
  readonly norms: tf.Tensor2D;
  /** 1 / length, 0 below `LEAST_NORM`: a vector without a direction gets no gradient. [n, 1] */
  readonly inverse: tf.Tensor2D;
}

export function unitRows(x: tf.Tensor2D): UnitRows {
  const norms = tf.sqrt(tf.sum(tf.square(x), 1, true)) as tf.Tensor2D;
  const hasDirection = tf.cast(tf.greater(norms, LEAST_NORM), 'float32');
  const inverse = tf.div(hasDirection, tf.maximum(norms, LEAST_NORM)) as tf.Tensor2D;
  return { unit: tf.mul(x, inverse), norms, inverse };
}

/** Gradient by the rows before `unitRows`, from that by the unit rows: (g - u (u . g)) / length. */
export function throughUnitRows(gradient: tf.Tensor2D, rows: UnitRows): tf.Tensor2D {
  const along = tf.sum(tf.mul(gradient, rows.unit), 1, true);
  return tf.mul(tf.sub(gradient, tf.mul(rows.unit, along)), rows.inverse);
}
