import { counted } from '../common/counted.ts';
import { type DerivedFigures, deriveFigures } from '../config/derived.ts';
import { configSchedule, type Schedule } from '../config/schedule.ts';
import type { Config } from '../config/schema/index.ts';
import { BatchOrder } from './batches.ts';

/** What the number of samples decides. */
export interface TrainingPlan {
  readonly figures: DerivedFigures;
  readonly order: BatchOrder;
  readonly schedule: Schedule;
}

/** What is odd about the plan and cannot be seen before the images are counted. */
export function oddities({ figures: { warmupSteps, iterations } }: TrainingPlan): string[] {
  if (warmupSteps <= iterations) return [];
  return [
    `the warm-up lasts ${counted(warmupSteps, 'step')}, the training ${counted(iterations, 'step')}: OPTIMIZER.lr is not reached. ` +
      'SCHEDULER.warmup_steps below 10 are epochs; otherwise SCHEDULER.seen_img_warmup images decide',
  ];
}

export function planTraining(config: Config, samples: number, shuffle: boolean): TrainingPlan {
  const { SEED, DATALOADER } = config;
  const figures = deriveFigures(config, samples);
  return {
    figures,
    order: new BatchOrder({ samples, batchSize: DATALOADER.batch_size, seed: SEED, shuffle }),
    schedule: configSchedule(config, figures),
  };
}
