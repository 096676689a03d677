import { type DerivedFigures, deriveFigures } from '../config/derived.ts';
import type { Config } from '../config/schema/index.ts';
import { BatchOrder } from './batches.ts';
import { createSchedule, type Schedule } from './schedule.ts';

/** What the number of samples decides. */
export interface TrainingPlan {
  readonly figures: DerivedFigures;
  readonly order: BatchOrder;
  readonly schedule: Schedule;
}

export function planTraining(config: Config, samples: number, shuffle: boolean): TrainingPlan {
  const { SEED, DATALOADER, OPTIMIZER, SCHEDULER } = config;
  const figures = deriveFigures(config, samples);
  return {
    figures,
    order: new BatchOrder({ samples, batchSize: DATALOADER.batch_size, seed: SEED, shuffle }),
    schedule: createSchedule({
      learningRate: OPTIMIZER.lr,
      minLearningRate: SCHEDULER.min_lr,
      name: SCHEDULER.name,
      warmup: SCHEDULER.warmup,
      warmupSteps: figures.warmupSteps,
      epochBased: SCHEDULER.epoch_based,
      stepsPerEpoch: figures.batchesPerEpoch,
      totalSteps: figures.iterations,
    }),
  };
}
