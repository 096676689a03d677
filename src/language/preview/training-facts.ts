import { type DerivedFigures, deriveFigures } from '../../config/derived.ts';
import type { ParsedConfig } from '../../config/parse.ts';
import type { ClassSize } from '../../config/registries.ts';
import type { Config } from '../../config/schema/index.ts';
import type { LanguageContext } from '../context.ts';
import { datasetLine } from '../dataset-items.ts';
import type { Task } from '../experiment.ts';
import { trainingData } from '../figures.ts';

/** Steps of an epoch where the data is not known: many, so that curves over epochs have their shape. */
const ASSUMED_STEPS = 1000;

/** What is known of the data, and the figures that follow from it or from an assumption. */
export interface TrainingFacts {
  readonly figures: DerivedFigures;
  /** Absent where it is not known. */
  readonly images?: number;
  /** With those that are held out. */
  readonly allImages?: number;
  readonly classes?: number;
  /** How many classes there are of each number of images; rising. */
  readonly classSizes?: readonly ClassSize[];
  /** `about ` where an unknown part is held out for evaluation. */
  readonly about: string;
  /** Why the data is not known, and what to do. */
  readonly missing?: string;
}

export function assumeData(config: Config, context: LanguageContext): TrainingFacts {
  const data = trainingData(config, context);
  if (data) {
    const { images, classes, all, classSizes } = data;
    const figures = deriveFigures(config, Math.max(1, images));
    const about = data.exact ? '' : 'about ';
    return { figures, images, allImages: all.images, classes, ...(classSizes && { classSizes }), about };
  }
  const figures = deriveFigures(config, ASSUMED_STEPS * config.DATALOADER.batch_size);
  return { figures, about: '', missing: whyUnknown(config, context) };
}

function whyUnknown(config: Config, { datasets, machine }: LanguageContext): string {
  if (machine?.files === undefined) return 'The data is being looked up.';
  if (!machine.datasets)
    return 'No data folder is chosen, or it is gone: choose one with MDFE: Select Data Folder.';
  for (const name of config.DATASET.names) {
    const facts = machine.datasets.get(datasets?.canonical(name) ?? name);
    if (facts?.state === 'missing') return `${name} is ${datasetLine(facts)}: ${facts.what}.`;
    if (!facts?.counts) return `The images of ${name} are not counted.`;
  }
  return 'The images are not counted.';
}

/** Sections that only training reads. */
const TRAINING = ['MODEL.HEAD', 'DATASET', 'DATALOADER', 'TRAIN', 'LOSS', 'OPTIMIZER', 'SCHEDULER'];

/** What a file is for: without a word about training, a zero-shot model. */
export function taskOf({ effective, has }: ParsedConfig): Task {
  if (!TRAINING.some((path) => has(path))) return 'zero-shot';
  return effective.MODEL.BACKBONE.freeze_backbone ? 'linear-probing' : 'fine-tuning';
}
