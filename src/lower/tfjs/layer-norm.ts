import * as tf from '@tensorflow/tfjs-core';

type Saved = tf.Tensor[];

/** (x - mean) / sqrt(variance + epsilon) over the last axis, with the closed form of its gradient. */
export function normalise(x: tf.Tensor, epsilon: number): tf.Tensor {
  const f = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, (saved: Saved) => void];
    const { mean, variance } = tf.moments(input, -1, true);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const value = tf.mul(tf.sub(input, mean), inverse);
    save([value, inverse]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: Saved) => {
        const [y, scale] = saved as [tf.Tensor, tf.Tensor];
        return tf.tidy(() => {
          const along = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true));
          return tf.mul(scale, tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along));
        });
      },
    };
  });
  return f(x);
}
