import * as tf from '@tensorflow/tfjs-core';

/**
 * A function of single numbers with its derivative in closed form: one saved tensor, where the tape would keep each
 * step of the formula.
 */
function activation(value: (x: tf.Tensor) => tf.Tensor, derivative: (x: tf.Tensor) => tf.Tensor) {
  return tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor, (saved: tf.Tensor[]) => void];
    save([x]);
    return {
      value: value(x),
      // What a gradient makes on its way would otherwise live until the whole backward pass ends.
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.tidy(() => tf.mul(dy, derivative(saved!))),
    };
  }) as (x: tf.Tensor) => tf.Tensor;
}

/** Phi(x), the standard normal distribution function. */
const normalBelow = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
const normalDensity = (x: tf.Tensor) =>
  tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

export const gelu = activation(
  (x) => tf.mul(x, normalBelow(x)),
  (x) => tf.add(normalBelow(x), tf.mul(x, normalDensity(x))),
);

const SCALE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
const innerTanh = (x: tf.Tensor) => tf.tanh(tf.mul(tf.mul(x, SCALE), tf.add(tf.mul(tf.square(x), CUBIC), 1)));

export const geluTanh = activation(
  (x) => tf.mul(tf.mul(x, 0.5), tf.add(innerTanh(x), 1)),
  (x) => {
    const t = innerTanh(x);
    const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SCALE);
    return tf.mul(tf.add(tf.add(t, 1), tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), slope)), 0.5);
  },
);

/** x * sigmoid(alpha x) */
const swish = (alpha: number) =>
  activation(
    (x) => tf.mul(x, tf.sigmoid(tf.mul(x, alpha))),
    (x) => {
      const s = tf.sigmoid(tf.mul(x, alpha));
      return tf.mul(s, tf.add(tf.mul(tf.mul(x, alpha), tf.sub(1, s)), 1));
    },
  );
export const silu = swish(1);
export const quickGelu = swish(1.702);
