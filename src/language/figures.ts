import type { Config } from '../config/schema/index.ts';
import type { LanguageContext } from './context.ts';

export interface TrainingData {
  readonly images: number;
  readonly classes: number;
  /** False where an unknown part of it is held out for evaluation. */
  readonly exact: boolean;
}

/** Sizes of the named data sets together; undefined unless all of them are counted. */
export function trainingData(
  config: Config,
  { datasets, machine }: LanguageContext,
): TrainingData | undefined {
  let images = 0;
  let classes = 0;
  for (const name of config.DATASET.names) {
    const facts = machine?.datasets?.get(datasets?.canonical(name) ?? name);
    if (facts?.state !== 'present' || !facts.counts) return undefined;
    images += facts.counts.images;
    classes += facts.counts.classes;
  }
  return { images, classes, exact: config.EVAL.hold_out === 'none' };
}

const BYTES = 4; // float32

/** A random transform stores a view for each epoch, another one a single view. */
export function featureStoreBytes(config: Config, width: number, images: number): number {
  const views = config.TRANSFORM.name === 'openai-clip' ? 1 : Math.max(1, config.TRAIN.epochs);
  return images * views * width * BYTES;
}
