import type { DerivedFigures } from './derived.ts';
import type { Config } from './schema/index.ts';

export interface ScheduleSpec {
  /** OPTIMIZER.lr */
  readonly learningRate: number;
  /** SCHEDULER.min_lr: where the cosine ends. */
  readonly minLearningRate: number;
  readonly name: 'cosine' | null;
  readonly warmup: 'linear' | 'exponential' | null;
  /** P, in steps, already resolved (see `SCHEDULER.warmup_steps`). */
  readonly warmupSteps: number;
  /** SCHEDULER.epoch_based: the cosine moves once an epoch instead of once a step. */
  readonly epochBased: boolean;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** Learning rates as pure functions of the step, so that a resumed run needs nothing but its step number. */
export interface Schedule {
  /** Rate that step t, from 0, runs at. */
  rate(step: number): number;
  /** Rate as it stands after step t, from 0: what the curve of learning rates shows. */
  rateAfter(step: number): number;
}

/** The schedule of a configuration, with the numbers of steps that its images give. */
export function configSchedule({ OPTIMIZER, SCHEDULER }: Config, figures: DerivedFigures): Schedule {
  return createSchedule({
    learningRate: OPTIMIZER.lr,
    minLearningRate: SCHEDULER.min_lr,
    name: SCHEDULER.name,
    warmup: SCHEDULER.warmup,
    warmupSteps: figures.warmupSteps,
    epochBased: SCHEDULER.epoch_based,
    stepsPerEpoch: figures.batchesPerEpoch,
    totalSteps: figures.iterations,
  });
}

/**
 * Cosine annealing (Loshchilov & Hutter, "SGDR", ICLR 2017, eq. 5, without restarts) times a warm-up factor (Ma &
 * Yarats, "On the adequacy of untuned warmup for adaptive optimization", AAAI 2021).
 *
 * The warm-up counts steps. With an epoch-based cosine it also advances by one at each epoch's end, and the curve
 * shows the last step of an epoch before that happens.
 */
export function createSchedule(spec: ScheduleSpec): Schedule {
  const byEpoch = spec.name === 'cosine' && spec.epochBased;
  const epochsBefore = (step: number) => (byEpoch ? Math.floor(step / spec.stepsPerEpoch) : 0);
  return {
    rate: (step) => {
      const epochs = epochsBefore(step);
      return annealed(spec, byEpoch ? epochs : step) * warmupFactor(spec, step + epochs);
    },
    rateAfter: (step) => {
      const epochs = epochsBefore(step);
      return annealed(spec, byEpoch ? epochs : step + 1) * warmupFactor(spec, step + 1 + epochs);
    },
  };
}

/** @param t steps or epochs done, as the schedule counts */
function annealed(spec: ScheduleSpec, t: number): number {
  if (spec.name === null) return spec.learningRate;
  const period = spec.epochBased ? Math.ceil(spec.totalSteps / spec.stepsPerEpoch) : spec.totalSteps;
  const { learningRate: high, minLearningRate: low } = spec;
  return low + ((high - low) * (1 + Math.cos((Math.PI * Math.min(t, period)) / period))) / 2;
}

/** w(t), in (0, 1]. */
function warmupFactor({ warmup, warmupSteps }: ScheduleSpec, t: number): number {
  if (warmup === null || warmupSteps <= 0) return 1;
  return warmup === 'linear' ? Math.min(1, (t + 1) / warmupSteps) : 1 - Math.exp(-(t + 1) / warmupSteps);
}
