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

export function planTraining(config: Config, samples: number, shuffle: boolean): TrainingPlan {
  const { SEED, DATALOADER } = config;
  const figures = deriveFigures(config, samples);
  return {
    figures,
    order: new BatchOrder({ samples, batchSize: DATALOADER.batch_size, seed: SEED, shuffle }),
    schedule: configSchedule(config, figures),
  };
}
