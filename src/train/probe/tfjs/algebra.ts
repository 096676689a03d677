import * as tf from '@tensorflow/tfjs-core';
import { DERIVATIVE_FLOOR } from '../../../heads/algebra.ts';
import { type DualBase, dualAlgebra } from '../../../heads/dual.ts';

/** A tensor, or a number that stands for a tensor filled with it and is folded where possible. */
export type Value = tf.Tensor | number;

/** The heads' arithmetic on whole tensors; shapes broadcast. */
const tensorBase: DualBase<Value> = {
  constant: (value) => value,
  add: (a, b) => (a === 0 ? b : b === 0 ? a : fold(a, b, (x, y) => x + y, tf.add)),
  sub: (a, b) => (b === 0 ? a : fold(a, b, (x, y) => x - y, tf.sub)),
  mul: (a, b) => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : fold(a, b, (x, y) => x * y, tf.mul)),
  cos: (a) => (typeof a === 'number' ? Math.cos(a) : tf.cos(a)),
  sin: (a) => (typeof a === 'number' ? Math.sin(a) : tf.sin(a)),
  acos: (a) => (typeof a === 'number' ? Math.acos(a) : acosOf(a)),
  acosSlope: (a) => {
    const sine = tf.sqrt(tf.relu(tf.mul(tf.sub(1, a), tf.add(1, a))));
    return tf.div(-1, tf.maximum(sine, DERIVATIVE_FLOOR));
  },
  clamp: (a, low, high) =>
    typeof a === 'number' ? Math.min(high, Math.max(low, a)) : tf.clipByValue(a, low, high),
  where: (a, greaterThan, yes, no) => (yes === no ? yes : tf.where(tf.greater(a, greaterThan), yes, no)),
};

/** acos(x) / sqrt(1 - x) for x in [0, 1] by powers of x: Abramowitz & Stegun 4.4.46, error below 2e-8. */
const ACOS_SERIES = [
  1.570796305, -0.2145988016, 0.0889789874, -0.0501743046, 0.030891881, -0.0170881256, 0.0066700901,
  -0.0012624911,
];

/** WebGPU promises only 4,096 units in the last place for its own acos; elsewhere the built-in one is exact enough. */
function acosOf(a: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'webgpu') return tf.acos(a);
  const x = tf.abs(a);
  const series = ACOS_SERIES.reduceRight<Value>((sum, c) => tf.add(tf.mul(sum, x), c), 0);
  const positive = tf.mul(tf.sqrt(tf.sub(1, x)), series);
  return tf.where(tf.less(a, 0), tf.sub(Math.PI, positive), positive);
}

function fold(
  a: Value,
  b: Value,
  numbers: (a: number, b: number) => number,
  tensors: (a: Value, b: Value) => tf.Tensor,
): Value {
  return typeof a === 'number' && typeof b === 'number' ? numbers(a, b) : tensors(a, b);
}

/** Tensors with their elementwise derivative. */
export const dualTensors = dualAlgebra(tensorBase);
