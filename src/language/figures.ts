import { deriveFigures, headParameters, neckParameters } from '../config/derived.ts';
import type { ClassSize, ModelFacts } from '../config/registries.ts';
import type { Config } from '../config/schema/index.ts';
import type { LanguageContext } from './context.ts';

export interface TrainingData {
  /** That are trained on. */
  readonly images: number;
  readonly classes: number;
  /** The same with what is held out. */
  readonly all: { readonly images: number; readonly classes: number };
  /** Classes by their number of images, rising; absent where a set does not say. */
  readonly classSizes?: readonly ClassSize[];
  /** False where it is not known exactly what is held out for evaluation. */
  readonly exact: boolean;
}

/** Sizes of the named data sets together, without the share of held-out classes; undefined unless all of them are counted. */
export function trainingData(
  config: Config,
  { datasets, machine }: LanguageContext,
): TrainingData | undefined {
  let images = 0;
  let classes = 0;
  const all = { images: 0, classes: 0 };
  const sizes: (readonly ClassSize[] | undefined)[] = [];
  for (const name of config.DATASET.names) {
    const facts = machine?.datasets?.get(datasets?.canonical(name) ?? name);
    if (facts?.state !== 'present' || !facts.counts) return undefined;
    all.images += facts.counts.images;
    all.classes += facts.counts.classes;
    const held = heldOutClasses(config, facts.counts.classes);
    images += Math.round(facts.counts.images * (1 - held / Math.max(1, facts.counts.classes)));
    classes += facts.counts.classes - held;
    sizes.push(facts.counts.classSizes);
  }
  const classSizes = joined(sizes);
  return { images, classes, all, ...(classSizes && { classSizes }), exact: config.EVAL.hold_out === 'none' };
}

/** As src/eval/held-out-classes.ts chooses them, if all classes have several images. */
function heldOutClasses({ EVAL }: Config, classes: number): number {
  if (EVAL.hold_out !== 'classes' || classes < 2) return 0;
  return Math.min(classes - 1, Math.max(1, Math.round(EVAL.class_share * classes)));
}

function joined(sets: readonly (readonly ClassSize[] | undefined)[]): ClassSize[] | undefined {
  const total = new Map<number, number>();
  for (const sizes of sets) {
    if (!sizes) return undefined;
    for (const { images, classes } of sizes) total.set(images, (total.get(images) ?? 0) + classes);
  }
  return [...total].map(([images, classes]) => ({ images, classes })).sort((a, b) => a.images - b.images);
}

/** Numbers in each part of the network; what is not known is absent. */
export interface ParameterCounts {
  readonly backbone?: number;
  readonly neck: number;
  readonly head?: number;
  /** Of all that are known. */
  readonly total: number;
  /** Those that training changes, of all that are known. */
  readonly trained: number;
}

/** @param classes undefined where the data is not known */
export function parameterCounts(
  config: Config,
  model: ModelFacts | undefined,
  classes: number | undefined,
): ParameterCounts {
  const neck = neckParameters(config, featureWidth(config, model));
  const head = classes === undefined ? undefined : headParameters(config, classes);
  const backbone = model?.parameters;
  const own = neck + (head ?? 0);
  const total = own + (backbone ?? 0);
  return {
    ...(backbone !== undefined && { backbone }),
    neck,
    ...(head !== undefined && { head }),
    total,
    trained: config.MODEL.BACKBONE.freeze_backbone ? own : total,
  };
}

/** Numbers that the backbone gives for an image. */
export function featureWidth({ MODEL: { BACKBONE } }: Config, model: ModelFacts | undefined): number {
  if (!model) return BACKBONE.output_dim;
  return BACKBONE.proj_layer ? (model.projectedWidth ?? model.width) : model.width;
}

const BYTES = 4; // float32

/** A random transform stores a view for each epoch, another one a single view. */
export function storedViews(config: Config, images: number): number {
  return config.TRANSFORM.name === 'openai-clip' ? 1 : Math.max(1, deriveFigures(config, images).epochs);
}

/** @param width features of an image */
export function featureStoreBytes(config: Config, width: number, images: number): number {
  return images * storedViews(config, images) * width * BYTES;
}

export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
