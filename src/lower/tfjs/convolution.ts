import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';
import { matMulTransposed } from './matmul.ts';

type Saved = tf.Tensor[];
type Four = [number, number, number, number];

/** A convolution whose windows touch without overlap: windows become rows of one matrix product. */
export function patchConvolution(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [batch, channels, height, width] = x.shape as Four;
  const [outputs, , side] = weight.shape as Four;
  const [rows, columns] = [Math.floor(height / side), Math.floor(width / side)];
  const whole = tf.slice(x, [0, 0, 0, 0], [batch, channels, rows * side, columns * side]);
  const apart = tf.reshape(whole, [batch, channels, rows, side, columns, side]);
  const windows = tf.transpose(apart, [0, 2, 4, 1, 3, 5]); // [N, rows, columns, C, side, side]
  const matrix = tf.reshape(windows, [batch * rows * columns, channels * side * side]);
  const product = matMulTransposed(matrix, tf.reshape(weight, [outputs, channels * side * side]));
  return tf.transpose(tf.reshape(product, [batch, rows, columns, outputs]), [0, 3, 1, 2]);
}

/**
 * A depthwise convolution of stride 1 that keeps the size, as a sum of shifted products: no back end but the native
 * ones has gradients of its own for it. x [N, C, H, W], weight [C, 1, k, k], k odd.
 */
export const depthwiseConvolution = tf.customGrad((...args) => {
  const [x, weight, save] = args as unknown as [tf.Tensor, tf.Tensor, (saved: Saved) => void];
  save([x, weight]);
  return {
    value: shiftedSum(x, weight),
    gradFunc: (dy: tf.Tensor, saved: Saved) => {
      const [input, w] = saved as [tf.Tensor, tf.Tensor];
      return [shiftedSum(dy, tf.reverse(w, [2, 3])), weightGradient(input, dy, w.shape[2]!)];
    },
  };
}) as (x: tf.Tensor, weight: tf.Tensor) => tf.Tensor;

/** Every shift of x by up to k/2 pixels, zeros outside, row by row. */
function* shifts(x: tf.Tensor, side: number): Generator<[row: number, column: number, shifted: tf.Tensor]> {
  const margin = (side - 1) / 2;
  if (!Number.isInteger(margin)) throw internalError(`a depthwise kernel of even side ${side}`);
  const padded = tf.pad(x, [
    [0, 0],
    [0, 0],
    [margin, margin],
    [margin, margin],
  ]);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      yield [row, column, tf.slice(padded, [0, 0, row, column], x.shape)];
}

function shiftedSum(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [channels, , side] = weight.shape as Four;
    let sum: tf.Tensor = tf.zerosLike(x);
    for (const [row, column, shifted] of shifts(x, side)) {
      const factor = tf.reshape(tf.slice(weight, [0, 0, row, column], [channels, 1, 1, 1]), [
        1,
        channels,
        1,
        1,
      ]);
      const next = tf.tidy(() => tf.add(sum, tf.mul(shifted, factor)));
      sum.dispose();
      shifted.dispose();
      sum = next;
    }
    return sum;
  });
}

function weightGradient(x: tf.Tensor, dy: tf.Tensor, side: number): tf.Tensor {
  return tf.tidy(() => {
    const columns: tf.Tensor[] = [];
    for (const [, , shifted] of shifts(x, side)) {
      columns.push(tf.tidy(() => tf.sum(tf.mul(shifted, dy), [0, 2, 3]))); // [C]
      shifted.dispose();
    }
    return tf.reshape(tf.stack(columns, 1), [x.shape[1]!, 1, side, side]);
  });
}
