import { optimizerMoments, usesSam } from '../../config/optimizer-moments.ts';
import { Optimizer, type SharedField } from '../../kernels/probe-layout.ts';
import type { ProbeSpec } from './engine.ts';

type OptimizerSpec = ProbeSpec['optimizer'];

/** PyTorch's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** What an optimizer keeps between steps. */
export interface OptimizerShape {
  /** Names of the running moments, as they are saved: `optimizer.<moment>.<weight>`. */
  readonly moments: readonly string[];
  /** Two passes a step (sharpness-aware minimisation). */
  readonly sam: boolean;
}

export function optimizerOf(spec: OptimizerSpec): OptimizerShape {
  return { moments: optimizerMoments(spec), sam: usesSam(spec) };
}

/** The factors of update number `step` (from 1), in the form that the kernels read. */
export function stepFactors(
  { name, momentum, weightDecay }: OptimizerSpec,
  learningRate: number,
  step: number,
): Partial<Record<SharedField, number>> {
  if (name === 'SGD')
    return {
      optimizer: momentum === 0 ? Optimizer.sgd : Optimizer.momentumSgd,
      rate: learningRate,
      momentum,
      coupledDecay: weightDecay,
    };
  const decoupled = name === 'AdamW' || name === 'SAM_AdamW';
  return {
    optimizer: Optimizer.adam,
    rate: learningRate / (1 - BETA1 ** step),
    secondScale: 1 / Math.sqrt(1 - BETA2 ** step),
    momentum: BETA1,
    beta2: BETA2,
    epsilon: EPSILON,
    coupledDecay: decoupled ? 0 : weightDecay,
    keepFactor: decoupled ? 1 - learningRate * weightDecay : 1,
  };
}
