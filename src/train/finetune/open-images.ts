import { availableParallelism } from 'node:os';
import { counted } from '../../common/counted.ts';
import { badImagesError } from '../../data/image/bad-images.ts';
import { checkImages } from '../../data/image/check.ts';
import type { ImageList } from '../../data/image-list.ts';
import type { TransformName } from '../../data/transforms/transform.ts';
import type { RunFolder } from '../../run/folder.ts';
import type { Experiment } from '../experiment.ts';
import type { Stores, TrainingStore } from '../fill-store.ts';
import { PixelStore } from './pixel-store.ts';

const MOST_WORKERS = 16;
const LOG_MS = 5_000;

/** The images to train on and those held out, checked, in place of stored features. Undefined: stopped meanwhile. */
export async function openImages(
  experiment: Experiment,
  epochs: number,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Stores | undefined> {
  const { dataset, heldOut, config, options } = experiment;
  const { name } = config.TRANSFORM;
  const precision = options.precision ?? 'fp32';
  if (precision !== 'fp32')
    folder.warn(
      'train/precision-ignored',
      `precision ${precision} does not count here: it is how a frozen backbone computes, and this one is trained, in float32`,
    );
  const views = name === 'openai-clip' ? 1 : options.views || epochs;
  const open = (images: ImageList, transform: TransformName, of: number, what: string) =>
    openChecked(experiment, { images, transform, views: of, what }, folder, signal);
  try {
    return {
      training: await open(dataset, name, views, 'training'),
      heldOut: heldOut && (await open(heldOut, 'inference', 1, 'held-out')),
    };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

interface Contents {
  readonly images: ImageList;
  readonly transform: TransformName;
  readonly views: number;
  /** In words, for the log. */
  readonly what: string;
}

async function openChecked(
  { backbone, config, options }: Experiment,
  { images, transform, views, what }: Contents,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<TrainingStore> {
  const kept = await goodImages(images, what, options.skipBadImages, folder, signal);
  const { root } = images;
  const { mean, std, imageSize } = backbone;
  const plan = { root, transform: { name: transform, size: imageSize }, mean, std, seed: config.SEED };
  const workers = Math.max(1, Math.min(MOST_WORKERS, availableParallelism() - 1));
  return { store: new PixelStore({ images, kept, plan, views, workers }), kept, engine: null };
}

/** Decodes every image once: a damaged one is found now, not after hours of training. */
async function goodImages(
  images: ImageList,
  what: string,
  skipBadImages: boolean,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Int32Array> {
  let logged = performance.now();
  const onProgress = (done: number, total: number) => {
    if (performance.now() - logged < LOG_MS) return;
    logged = performance.now();
    folder.logLine(`checked ${done} of ${total} ${what} images`);
  };
  const bad = await checkImages(images, { onProgress, signal });
  if (bad.length > 0 && (!skipBadImages || bad.length === images.length))
    throw badImagesError(bad, images.root);
  if (bad.length > 0)
    folder.warn(
      'images/skipped',
      `${counted(bad.length, 'bad image')} left out of the ${what} images: ${bad.map(({ image }) => image).join(', ')}`,
    );
  const left = new Set(bad.map(({ index }) => index));
  return Int32Array.from({ length: images.length }, (_, i) => i).filter((i) => !left.has(i));
}
