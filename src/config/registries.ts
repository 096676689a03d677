import type { BackboneType } from '../models/types.ts';
import type { OptimizerName } from './names.ts';

/** What the checks need to know of a published model. Sizes in pixels. */
export interface ModelFacts {
  /** Without a weights tag. */
  readonly name: string;
  /** Families under which the model can be used. */
  readonly types: readonly BackboneType[];
  /** Width of the features, with and without the backbone's own projection. */
  readonly width: number;
  readonly projectedWidth?: number;
  /** Absent where the weights of a user's own model do not say. */
  readonly parameters?: number;
  /** Side of the published input. */
  readonly imageSize: number;
  readonly patchSize?: number;
  /** Weights tags; the default, where there is one, is `defaultTag`. */
  readonly tags: readonly string[];
  readonly defaultTag?: string;
  readonly licence?: string;
  /** Of each tag, where the publisher says it. */
  readonly weights?: ReadonlyMap<string, WeightsFacts>;
}

export interface WeightsFacts {
  /** Repository on the Hugging Face hub. */
  readonly hubId?: string;
  readonly licence?: string;
}

/** The known models, handed in: this folder does not say where they come from. */
export interface ModelRegistry {
  /** By name without tag. */
  find(name: string): ModelFacts | undefined;
  ofType(type: BackboneType): readonly ModelFacts[];
  /** Nearest known name, of the type where one is given. */
  suggest(name: string, type?: BackboneType): string | undefined;
}

/** The known data sets, handed in. */
export interface DatasetRegistry {
  /** The canonical name, for any accepted spelling (also `folder:PATH` and `csv:FILE`); undefined if unknown. */
  canonical(name: string): string | undefined;
  readonly names: readonly string[];
  /** Full name and download page of a canonical name. */
  about?(name: string): { readonly title: string; readonly page: string } | undefined;
}

/** How many classes have this number of images. */
export interface ClassSize {
  readonly images: number;
  readonly classes: number;
}

/** A data set as it lies below the data folder. */
export type DatasetFacts =
  | {
      readonly state: 'present';
      /** After the rules of the set (smallest and largest class); absent until they are counted. */
      readonly counts?: {
        readonly images: number;
        readonly classes: number;
        /** Rising by images. */
        readonly classSizes?: readonly ClassSize[];
      };
    }
  | {
      readonly state: 'missing';
      /** One clause: what is missing. */
      readonly what: string;
      readonly expected: string;
      /** Where to get it; '' for the user's own data. */
      readonly page: string;
    };

/** How fast a run is or was, and at what. */
export interface MeasuredRun {
  readonly name: string;
  /** Without a weights tag. */
  readonly model: string;
  /** Side of the model's input, pixels. */
  readonly imageSize: number;
  readonly fineTuning: boolean;
  readonly optimizer: OptimizerName;
  readonly batchSize: number;
  readonly embeddingDim: number;
  readonly classes: number;
  /** Sub-centres per class. */
  readonly centres: number;
  /** Images a second through the frozen backbone, decoding included; absent where all features were stored already. */
  readonly featureSpeed?: number;
  readonly featureDevice?: string;
  /** Seconds of a training step; absent before the second one. */
  readonly stepSeconds?: number;
  readonly trainDevice?: string;
}

/** What was found on the disk and among the devices. What is absent was not looked at. */
export interface MachineFacts {
  /** The data folder. */
  readonly dataRoot?: string;
  /** Sets below the data folder, by canonical name. */
  readonly datasets?: ReadonlyMap<string, DatasetFacts>;
  /** Whether a file that the configuration names is there, by its path as written. */
  readonly files?: ReadonlyMap<string, boolean>;
  /** The user's own models, by their names `local-dir:PATH`; without those that cannot be read. */
  readonly localModels?: ReadonlyMap<string, ModelFacts>;
  /** CUDA devices. */
  readonly gpus?: number;
  /** Runs of the output folder whose speed is known, newest first. */
  readonly runs?: readonly MeasuredRun[];
  /** Somebody has signed in to Google Drive, in the editor or on the command line. */
  readonly driveSignIn?: boolean;
}

/** What a check may ask beyond the file. Checks that need what is absent are left out. */
export interface ConfigContext {
  readonly models?: ModelRegistry;
  readonly datasets?: DatasetRegistry;
  readonly machine?: MachineFacts;
  /** How many runs of a sweep are checked one by one; all by default. An editor cannot wait for thousands. */
  readonly checkedRuns?: number;
}
