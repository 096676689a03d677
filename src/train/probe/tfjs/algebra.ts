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
  acos: (a) => (typeof a === 'number' ? Math.acos(a) : tf.acos(a)),
  acosSlope: (a) => {
    const sine = tf.sqrt(tf.relu(tf.mul(tf.sub(1, a), tf.add(1, a))));
    return tf.div(-1, tf.maximum(sine, DERIVATIVE_FLOOR));
  },
  clamp: (a, low, high) =>
    typeof a === 'number' ? Math.min(high, Math.max(low, a)) : tf.clipByValue(a, low, high),
  where: (a, greaterThan, yes, no) => (yes === no ? yes : tf.where(tf.greater(a, greaterThan), yes, no)),
};

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
