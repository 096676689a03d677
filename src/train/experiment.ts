import { once } from '../common/once.ts';
import { trainableParameters } from '../config/derived.ts';
import type { Config } from '../config/schema/index.ts';
import { type Dataset, loadDatasets } from '../data/datasets/index.ts';
import { holdOut } from '../eval/hold-out.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import type { ImageKeys } from '../features/image-key.ts';
import { readImageKeys } from '../features/image-stats.ts';
import type { RunOptions } from '../run/record.ts';
import { type ClassSizes, classSizes } from './class-sizes.ts';
import { type Fingerprint, fingerprint } from './fingerprint.ts';
import { type BackboneHooks, type OpenedBackbone, openBackbone } from './open-backbone.ts';
import type { ProbeSpec } from './probe/engine.ts';

/** A look at image files that goes on in the background. */
export interface FileLook {
  readonly keys: Promise<ImageKeys>;
  stop(): void;
}

/** Everything that follows from configuration, data and weights before anything is computed. */
export interface Experiment {
  /** With the backbone's own width and normalisation filled in. */
  readonly config: Config;
  /** What is trained on: the data sets without what is held out. */
  readonly dataset: Dataset;
  /** What retrieval is scored with while training (EVAL.hold_out). */
  readonly heldOut: RetrievalSet | undefined;
  readonly options: RunOptions;
  readonly backbone: OpenedBackbone;
  readonly probe: ProbeSpec;
  readonly classSizes: ClassSizes;
  /** The backbone is trained too: steps begin with images, not with stored features. */
  readonly fineTuning: boolean;
  readonly trainableParameters: number;
  readonly totalParameters: number;
  /** The look at the files of what is trained on, begun while an engine is found; where features are stored. */
  readonly look: FileLook | undefined;
  /** What would make resumed losses differ. Found when first asked for: all samples are read. */
  readonly fingerprint: () => Promise<Fingerprint>;
}

/** Reads annotations, finds model and weights, begins to look at the image files. Opens no image. */
export async function prepareExperiment(
  given: Config,
  dataDir: string,
  options: RunOptions,
  hooks: BackboneHooks,
): Promise<Experiment> {
  // First: a wrong path is found before gigabytes of weights are downloaded.
  const all = await loadDatasets(given.DATASET.names, dataDir, {
    seed: given.SEED,
    cacheDir: options.cacheDir,
  });
  const backbone = await openBackbone(given, options, hooks);
  const config = withBackboneFigures(given, backbone);
  const { train: dataset, heldOut } = await holdOut(all, config);
  const fineTuning = !config.MODEL.BACKBONE.freeze_backbone;
  const ownParameters = trainableParameters(config, backbone.width, dataset.classes);
  const sizes = await classSizes(config, dataset.classCounts);
  const totalParameters = ownParameters + backbone.parameters;
  const weightFiles = fineTuning ? [] : backbone.weightFiles;
  return {
    config,
    dataset,
    heldOut,
    options,
    backbone,
    probe: probeSpec(config, backbone.width, dataset, sizes),
    classSizes: sizes,
    fineTuning,
    trainableParameters: fineTuning ? totalParameters : ownParameters,
    totalParameters,
    look: fineTuning ? undefined : lookAtFiles(dataset),
    fingerprint: once(() =>
      fingerprint({ config, dataset, classCounts: sizes.counts, options, weightFiles }),
    ),
  };
}

function lookAtFiles(dataset: Dataset): FileLook {
  const controller = new AbortController();
  const keys = readImageKeys(dataset, () => {}, controller.signal);
  keys.catch(() => undefined); // thrown where it is waited for; not every run comes so far
  return { keys, stop: () => controller.abort() };
}

function withBackboneFigures(config: Config, { width, mean, std }: OpenedBackbone): Config {
  return {
    ...config,
    MODEL: { ...config.MODEL, BACKBONE: { ...config.MODEL.BACKBONE, output_dim: width } },
    TRANSFORM: { ...config.TRANSFORM, mean, std },
  };
}

function probeSpec(config: Config, width: number, dataset: Dataset, sizes: ClassSizes): ProbeSpec {
  const { MODEL, OPTIMIZER, DATALOADER } = config;
  return {
    width,
    embeddingDim: MODEL.embedding_dim,
    classes: dataset.classes,
    classCounts: sizes.counts,
    neck: MODEL.NECK.neck_type,
    head: MODEL.HEAD,
    optimizer: { name: OPTIMIZER.name, momentum: OPTIMIZER.momentum, weightDecay: OPTIMIZER.weight_decay },
    batchSize: Math.min(DATALOADER.batch_size, dataset.length),
    seed: config.SEED,
  };
}
