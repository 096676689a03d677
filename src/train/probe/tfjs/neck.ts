import * as tf from '@tensorflow/tfjs-core';
import type { ProbeSpec } from '../engine.ts';
import { poolingMatrix } from '../pooling.ts';
import { timesTransposed, transposedTimes } from './linear-algebra.ts';
import type { PartGradients } from './optimizer.ts';
import type { Parameter } from './parameter.ts';

/** Features [B, W] to embeddings [B, D]. */
export interface Neck {
  forward(features: tf.Tensor2D): tf.Tensor2D;
  /** Gradients of its parameters from that of its output, inside a tidy. */
  backward(features: tf.Tensor2D, gradient: tf.Tensor2D): Map<Parameter, PartGradients>;
  /** Gradient of its input [B, W] from that of its output, inside a tidy. */
  inputGradient(gradient: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

/** Linear layer: x W^T + b, W [D, W], b [D]. The parameters stay the caller's. */
export function linearNeck(weight: Parameter, bias: Parameter): Neck {
  return {
    forward: (x) => tf.add(timesTransposed(x, weight.parts[0] as tf.Tensor2D), bias.parts[0]!),
    backward: (x, gradient) =>
      new Map([
        [weight, [transposedTimes(gradient, x)]],
        [bias, [tf.sum(gradient, 0)]],
      ]),
    inputGradient: (gradient) => tf.matMul(gradient, weight.parts[0] as tf.Tensor2D),
    dispose: () => {},
  };
}

/** Adaptive average pooling: nothing to train. */
export function poolingNeck({ width, embeddingDim }: ProbeSpec): Neck {
  const matrix = tf.tensor2d(poolingMatrix(width, embeddingDim), [width, embeddingDim]);
  return {
    forward: (x) => tf.matMul(x, matrix),
    backward: () => new Map(),
    inputGradient: (gradient) => timesTransposed(gradient, matrix),
    dispose: () => matrix.dispose(),
  };
}
