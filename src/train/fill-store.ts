import { chooseFrozenEngine } from '../engine/frozen.ts';
import { prepareFeatures } from '../features/prepare.ts';
import type { FeatureProgress, FeatureResult } from '../features/request.ts';
import type { RunFolder } from '../run/folder.ts';
import type { Experiment } from './experiment.ts';

const EVENT_MS = 500;

/** Computes the features that are not in the store yet, and reports it. Undefined: stopped meanwhile. */
export async function fillStore(
  { backbone, config, dataset, options }: Experiment,
  epochs: number,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<FeatureResult | undefined> {
  const random = config.TRANSFORM.name !== 'openai-clip';
  const progress = new ProgressEvents(folder);
  const result = await prepareFeatures(
    {
      images: dataset,
      backbone,
      transform: { name: config.TRANSFORM.name, size: backbone.imageSize },
      mean: backbone.mean,
      std: backbone.std,
      seed: config.SEED,
      // A fresh view in every epoch is what a run without a store would see.
      views: random ? options.views || epochs : 1,
      precision: 'float32',
      engine: () => chooseFrozenEngine(options),
      skipBadImages: options.skipBadImages,
      cacheDir: options.cacheDir,
    },
    { onProgress: (p) => progress.show(p), signal },
  );
  const all = result.kept.length * result.store.views;
  if (result.computedImages === 0)
    folder.emit({ type: 'features', done: all, total: all, reused: all, speed: 0, secondsLeft: 0 });
  folder.logLine(
    result.computedImages === 0
      ? `all ${result.reusedImages} images' features were in the store already: ${result.folder}`
      : `features of ${result.computedImages} images computed, ${result.reusedImages} taken from the store: ${result.folder}`,
  );
  if (result.skipped.length > 0)
    folder.warn(
      'features/skipped',
      `${result.skipped.length} bad images are left out: ${result.skipped.map((bad) => bad.image).join(', ')}`,
    );
  return result;
}

/** Passes progress on as events, at most twice a second. */
class ProgressEvents {
  private last = Number.NEGATIVE_INFINITY;
  private readonly folder: RunFolder;

  constructor(folder: RunFolder) {
    this.folder = folder;
  }

  show({ phase, done, total, reused, speed, secondsLeft }: FeatureProgress): void {
    if (phase !== 'computing') return;
    const now = performance.now();
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
