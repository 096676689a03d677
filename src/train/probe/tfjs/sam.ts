import * as tf from '@tensorflow/tfjs-core';
import type { PartGradients } from './optimizer.ts';
import type { Parameter } from './parameter.ts';

/** Radius of the neighbourhood whose worst point is sought. */
const RHO = 0.05;

/**
 * Sharpness-aware minimisation (Foret et al., ICLR 2021, arXiv 2010.01412, eq. 2): moves the parameters up to
 * w + rho g / |g|, the norm taken over all of them, and returns the way back.
 */
export function climb(gradients: ReadonlyMap<Parameter, PartGradients>): () => void {
  const factor = tf.tidy(() => {
    const squares = [...gradients.values()].flat().map((g) => tf.sum(tf.square(g)));
    // One after the other: WebGPU cannot add as many tensors at once as a backbone has.
    const square = squares.reduce((sum, next) => tf.add(sum, next));
    return tf.div(RHO, tf.add(tf.sqrt(square), 1e-12)) as tf.Scalar;
  });
  const before = new Map([...gradients.keys()].map((p) => [p, p.parts]));
  for (const [parameter, parts] of gradients)
    parameter.parts = parameter.parts.map((value, i) =>
      tf.tidy(() => tf.add(value, tf.mul(parts[i]!, factor))),
    );
  factor.dispose();
  return () => {
    for (const [parameter, parts] of before) {
      tf.dispose(parameter.parts);
      parameter.parts = parts;
    }
  };
}
