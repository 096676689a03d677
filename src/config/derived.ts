import type { Config } from './schema/index.ts';

/** Numbers of steps that follow from a configuration and the number of training images. */
export interface DerivedFigures {
  /** Steps that pass over all images once; the last may be a smaller batch. */
  readonly batchesPerEpoch: number;
  /** Training steps in all. */
  readonly iterations: number;
  /** Epochs begun; the last is cut short where iterations are counted. */
  readonly epochs: number;
  /** Steps over which the learning rate rises; 0: no warm-up. */
  readonly warmupSteps: number;
  /** Steps between checkpoints when iterations are counted. */
  readonly saveIter: number;
  /** Epochs, from 1, after which a checkpoint is due; empty when iterations are counted. */
  readonly saveEpochs: readonly number[];
}

/** @param samples number of training images, at least 1 */
export function deriveFigures(config: Config, samples: number): DerivedFigures {
  const { TRAIN, DATALOADER } = config;
  const batchesPerEpoch = Math.ceil(samples / DATALOADER.batch_size);
  const iterations = TRAIN.epoch_based ? batchesPerEpoch * TRAIN.epochs : TRAIN.iterations;
  const epochs = TRAIN.epoch_based ? TRAIN.epochs : Math.ceil(iterations / batchesPerEpoch);
  return {
    batchesPerEpoch,
    iterations,
    epochs,
    warmupSteps: warmupSteps(config, batchesPerEpoch),
    saveIter: floorAtLeastOne(TRAIN.seen_img_save / DATALOADER.batch_size),
    saveEpochs: TRAIN.epoch_based
      ? [...new Set(TRAIN.save_epoch)].filter((e) => e <= epochs).sort((a, b) => a - b)
      : [],
  };
}

/** Below this many `warmup_steps` are epochs; from here on `seen_img_warmup` counts. */
const WARMUP_EPOCHS_BELOW = 10;

export function warmupIsInEpochs(scheduler: Pick<Config['SCHEDULER'], 'warmup_steps'>): boolean {
  return scheduler.warmup_steps < WARMUP_EPOCHS_BELOW;
}

/** Steps of the warm-up; also with SCHEDULER.name None, where the rate stays constant afterwards. */
export function warmupSteps(config: Config, batchesPerEpoch: number): number {
  const { SCHEDULER, DATALOADER } = config;
  if (SCHEDULER.warmup === null) return 0;
  if (warmupIsInEpochs(SCHEDULER)) return SCHEDULER.warmup_steps * batchesPerEpoch;
  return floorAtLeastOne(SCHEDULER.seen_img_warmup / DATALOADER.batch_size);
}

/** Sub-centres of each class. */
export function centresPerClass({ MODEL: { HEAD } }: Config): number {
  return HEAD.name === 'ArcFace' || HEAD.name === 'DynM-ArcFace' ? HEAD.k : 1;
}

/** @param width features of an image */
export function neckParameters({ MODEL: { NECK, embedding_dim } }: Config, width: number): number {
  return NECK.neck_type === 'proj_layer' ? (width + 1) * embedding_dim : 0;
}

export function headParameters(config: Config, classes: number): number {
  return classes * centresPerClass(config) * config.MODEL.embedding_dim;
}

/** Trained numbers of a probe: neck and head. */
export function trainableParameters(config: Config, width: number, classes: number): number {
  return neckParameters(config, width) + headParameters(config, classes);
}

/** An interval of no step would never end or always hit. */
export function floorAtLeastOne(value: number): number {
  return Math.max(1, Math.floor(value));
}
