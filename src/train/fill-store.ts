import { counted } from '../common/counted.ts';
import type { Config } from '../config/schema/index.ts';
import type { ImageList } from '../data/image-list.ts';
import type { TransformName } from '../data/transforms/transform.ts';
import { chooseFrozenEngine } from '../engine/frozen.ts';
import { prepareFeatures } from '../features/prepare.ts';
import type { FeatureProgress, FeatureRequest, FeatureResult } from '../features/request.ts';
import type { RunFolder } from '../run/folder.ts';
import type { RunOptions } from '../run/record.ts';
import type { Experiment } from './experiment.ts';
import type { OpenedBackbone } from './open-backbone.ts';

const EVENT_MS = 500;

/** Images whose features are wanted, and how they are prepared. */
interface Contents {
  readonly images: ImageList;
  readonly looked?: FeatureRequest['looked'];
  readonly transform: TransformName;
  readonly views: number;
  /** In words, for the log. */
  readonly what: string;
}

/** What the trained part takes in, image by image. */
export type TrainingStore = Pick<FeatureResult, 'store' | 'kept' | 'engine'> & {
  /** Images a second over all that were computed; undefined where too few were. */
  readonly speed?: number | undefined;
};

export interface Stores {
  readonly training: TrainingStore;
  readonly heldOut: TrainingStore | undefined;
}

/** Features of the images to train on and of those held out. Undefined: stopped meanwhile. */
export async function fillStores(
  experiment: Experiment,
  epochs: number,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Stores | undefined> {
  const { dataset, look, heldOut, config, options } = experiment;
  const { name } = config.TRANSFORM;
  // A fresh view in every epoch is what a run without a store would see.
  const views = name === 'openai-clip' ? 1 : options.views || epochs;
  const fill = (contents: Contents) => fillStore(experiment, contents, folder, signal);
  try {
    const training = await fill({
      images: dataset,
      looked: look?.keys,
      transform: name,
      views,
      what: 'training',
    });
    try {
      if (!heldOut) return { training, heldOut };
      // Held-out images are prepared as inside the packaged model.
      return {
        training,
        heldOut: await fill({ images: heldOut, transform: 'inference', views: 1, what: 'held-out' }),
      };
    } catch (error) {
      await training.store.close();
      throw error;
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

export async function closeStores({ training, heldOut }: Stores): Promise<void> {
  await Promise.all([training.store.close(), heldOut?.store.close()]);
}

/** Computes the features that are not in the store yet, and reports it. */
async function fillStore(
  { backbone, config, options }: Experiment,
  { images, looked, transform, views, what }: Contents,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<TrainingStore> {
  const progress = new ProgressEvents(folder);
  const result = await prepareFeatures(
    {
      ...storeRequest(config, backbone, options),
      images,
      looked,
      transform: { name: transform, size: backbone.imageSize },
      views,
    },
    { onProgress: (p) => progress.show(p), signal },
  );
  const all = result.kept.length * result.store.views;
  if (result.computedImages === 0)
    folder.emit({ type: 'features', done: all, total: all, reused: all, speed: 0, secondsLeft: 0 });
  const by = result.engine ? ` by ${result.engine.name} on ${result.engine.device}` : '';
  folder.logLine(
    result.computedImages === 0
      ? `${counted(result.reusedImages, `${what} image`)}, all features in the store already: ${result.folder}`
      : `features of ${counted(result.computedImages, `${what} image`)} computed${by}, ${result.reusedImages.toLocaleString('en')} taken from the store: ${result.folder}`,
  );
  if (result.skipped.length > 0)
    folder.warn(
      'features/skipped',
      `${counted(result.skipped.length, 'bad image')} left out of the ${what} images: ${result.skipped.map((bad) => bad.image).join(', ')}`,
    );
  return { ...result, speed: progress.meanSpeed };
}

/** What every request to the store has in common. */
export function storeRequest(
  { SEED }: Config,
  backbone: OpenedBackbone,
  options: Omit<RunOptions, 'shuffle' | 'views'>,
) {
  return {
    backbone,
    mean: backbone.mean,
    std: backbone.std,
    seed: SEED,
    precision: options.precision ?? 'fp32',
    dtype: options.featureDtype ?? 'float32',
    engine: () => chooseFrozenEngine(options),
    skipBadImages: options.skipBadImages,
    cacheDir: options.cacheDir,
  } satisfies Partial<FeatureRequest>;
}

/** Passes progress on as events, at most twice a second, and measures the mean speed. */
class ProgressEvents {
  private last = Number.NEGATIVE_INFINITY;
  private first: { readonly time: number; readonly done: number } | undefined;
  /** Images a second from the first computed ones on; undefined before the next. */
  meanSpeed: number | undefined;
  private readonly folder: RunFolder;

  constructor(folder: RunFolder) {
    this.folder = folder;
  }

  show({ phase, done, total, reused, speed, secondsLeft }: FeatureProgress): void {
    if (phase !== 'computing') return;
    const now = performance.now();
    // The first ones also waited for the network.
    if (done > reused) this.first ??= { time: now, done };
    if (this.first && done > this.first.done)
      this.meanSpeed = (1000 * (done - this.first.done)) / (now - this.first.time);
    if (done < total && now - this.last < EVENT_MS) return;
    this.last = now;
    this.folder.emit({
      type: 'features',
      done,
      total,
      reused,
      speed,
      secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : 0,
    });
  }
}
