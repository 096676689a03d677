import * as z from 'zod';
import { dataloaderSection } from './dataloader.ts';
import { datasetSection } from './dataset.ts';
import { evalSection } from './eval.ts';
import { int } from './field.ts';
import { googleDriveSection } from './google-drive.ts';
import { lossSection } from './loss.ts';
import { modelSection } from './model.ts';
import { optimizerSection } from './optimizer.ts';
import { schedulerSection } from './scheduler.ts';
import { sweepSection } from './sweep.ts';
import { trainSection } from './train.ts';
import { transformSection } from './transform.ts';

/**
 * The configuration of a run: the single place that says which keys there are. Types, defaults, the JSON Schema, the
 * parser's checks, hovers and docs/configuration.md all derive from it. A section that the published system does not
 * know is added here with `extension: true`.
 */
export const configSchema = z.strictObject({
  SEED: int(42, {
    min: 0,
    max: 4_294_967_295,
    description: 'Seed of every random choice.',
    details: 'The same seed, configuration and data give the same run.',
    source: 'initial weights, order of the images, dropout, random transforms',
  }),
  MODEL: modelSection.prefault({}),
  DATASET: datasetSection.prefault({}),
  DATALOADER: dataloaderSection.prefault({}),
  TRANSFORM: transformSection.prefault({}),
  TRAIN: trainSection.prefault({}),
  LOSS: lossSection.prefault({}),
  OPTIMIZER: optimizerSection.prefault({}),
  SCHEDULER: schedulerSection.prefault({}),
  GOOGLE_DRIVE: googleDriveSection.prefault({}),
  EVAL: evalSection.prefault({}),
  SWEEP: sweepSection.prefault({}),
});

/** A complete configuration: every key holds a value. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;

/** What a file says: any part of a configuration. */
export type PartialConfig = DeepReadonly<z.input<typeof configSchema>>;

type DeepReadonly<T> = T extends (infer E)[] & { length: infer N }
  ? number extends N
    ? readonly DeepReadonly<E>[]
    : Readonly<T>
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** The published default_cfg. */
export const defaultConfig: Config = deepFreeze(configSchema.parse({}));

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
