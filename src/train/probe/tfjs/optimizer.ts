import * as tf from '@tensorflow/tfjs-core';
import { optimizerMoments } from '../../../config/optimizer-moments.ts';
import type { ProbeSpec } from '../engine.ts';
import { type Parameter, replace, zerosLike } from './parameter.ts';

/** d loss / d part, for each part of a parameter. */
export type PartGradients = readonly tf.Tensor[];

/** First-order optimizer with PyTorch's definitions and defaults. */
export interface Optimizer {
  /** Names of the moments that each parameter has. */
  readonly moments: readonly string[];
  /**
   * New value and moments of one tensor, inside a tidy.
   * @param step number of this update, from 1
   */
  update(
    value: tf.Tensor,
    gradient: tf.Tensor,
    moments: readonly tf.Tensor[],
    learningRate: number,
    step: number,
  ): { readonly value: tf.Tensor; readonly moments: readonly tf.Tensor[] };
}

type OptimizerSpec = ProbeSpec['optimizer'];

/** The optimizer below SAM, or the one named. */
function createOptimizer(spec: OptimizerSpec): Optimizer {
  return { moments: optimizerMoments(spec), ...updateOf(spec) };
}

function updateOf({ name, momentum, weightDecay }: OptimizerSpec): Pick<Optimizer, 'update'> {
  switch (name) {
    case 'SGD':
      return sgd(momentum, weightDecay);
    case 'Adam':
    case 'SAM_Adam':
      return adam(weightDecay, false);
    case 'AdamW':
    case 'SAM_AdamW':
      return adam(weightDecay, true);
  }
}

/** Heavy-ball momentum; weight decay is added to the gradient. */
function sgd(momentum: number, weightDecay: number): Pick<Optimizer, 'update'> {
  return {
    update(value, gradient, [buffer], learningRate) {
      const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
      const direction = buffer ? tf.add(tf.mul(buffer, momentum), decayed) : decayed;
      return {
        value: tf.sub(value, tf.mul(direction, learningRate)),
        moments: buffer ? [direction] : [],
      };
    },
  };
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba, ICLR 2015, algorithm 1), weight decay added to the gradient; decoupled: AdamW (Loshchilov &
 * Hutter, ICLR 2019, algorithm 2).
 */
function adam(weightDecay: number, decoupled: boolean): Pick<Optimizer, 'update'> {
  return {
    update(value, gradient, [first, second], learningRate, step) {
      const g = decoupled || weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(value, weightDecay));
      const m = tf.add(tf.mul(first!, BETA1), tf.mul(g, 1 - BETA1));
      const v = tf.add(tf.mul(second!, BETA2), tf.mul(tf.square(g), 1 - BETA2));
      const scale = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - BETA2 ** step)), EPSILON);
      const kept = decoupled ? tf.mul(value, 1 - learningRate * weightDecay) : value;
      const move = tf.mul(tf.div(m, scale), learningRate / (1 - BETA1 ** step));
      return { value: tf.sub(kept, move), moments: [m, v] };
    },
  };
}

/** Parameters with their moments and the number of updates made. */
export class OptimizerState {
  step = 0;
  private readonly optimizer: Optimizer;
  /** Per parameter, in the order of `Optimizer.moments`, named as they are saved. */
  readonly moments: ReadonlyMap<Parameter, readonly Parameter[]>;

  constructor(spec: OptimizerSpec, parameters: readonly Parameter[]) {
    this.optimizer = createOptimizer(spec);
    this.moments = new Map(
      parameters.map((p) => [
        p,
        this.optimizer.moments.map((moment) => zerosLike(`optimizer.${moment}.${p.name}`, p)),
      ]),
    );
  }

  apply(gradients: ReadonlyMap<Parameter, PartGradients>, learningRate: number): void {
    this.step++;
    for (const [parameter, parts] of gradients) {
      const moments = this.moments.get(parameter)!;
      const updated = parameter.parts.map((value, i) =>
        tf.tidy(() => {
          const at = moments.map((m) => m.parts[i]!);
          const next = this.optimizer.update(value, parts[i]!, at, learningRate, this.step);
          return { value: next.value, moments: [...next.moments] };
        }),
      );
      replace(
        parameter,
        updated.map((u) => u.value),
      );
      moments.forEach((moment, m) => {
        replace(
          moment,
          updated.map((u) => u.moments[m]!),
        );
      });
    }
  }

  dispose(): void {
    for (const moments of this.moments.values()) for (const moment of moments) tf.dispose(moment.parts);
  }
}
