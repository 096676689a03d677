import * as tf from '@tensorflow/tfjs-core';

/**
 * Products whose transposed operands are laid out first, forwards and backwards: the wasm back end multiplies
 * transposed operands seven to nine times slower.
 */
type Saved = tf.Tensor[];

const swapped = (x: tf.Tensor): tf.Tensor => {
  const axes = Array.from({ length: x.rank }, (_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
};

/** [B, M, K] x [B, K, P] -> [B, M, P], or without the batch. */
export const matMul = tf.customGrad((...args) => {
  const [a, b, save] = args as unknown as [tf.Tensor, tf.Tensor, (saved: Saved) => void];
  save([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy: tf.Tensor, saved: Saved) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      return tf.tidy(() => [tf.matMul(dy, swapped(y)), tf.matMul(swapped(x), dy)]);
    },
  };
}) as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** [R, I] x [O, I]^T -> [R, O]; the gradient to x needs no transposition at all. */
export const matMulTransposed = tf.customGrad((...args) => {
  const [x, weight, save] = args as unknown as [tf.Tensor, tf.Tensor, (saved: Saved) => void];
  save([x, weight]);
  return {
    value: tf.matMul(x, swapped(weight)),
    gradFunc: (dy: tf.Tensor, saved: Saved) => {
      const [rows, w] = saved as [tf.Tensor, tf.Tensor];
      return tf.tidy(() => [tf.matMul(dy, w), tf.matMul(swapped(dy), rows)]);
    },
  };
}) as (x: tf.Tensor, weight: tf.Tensor) => tf.Tensor;
