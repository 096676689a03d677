import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { unlessAborted } from '../common/abort.ts';
import { explainWriteError, writeAtomically } from '../common/atomic-file.ts';
import { cacheFolder } from '../common/cache-dir.ts';
import { counted } from '../common/counted.ts';
import { MdfeError } from '../common/errors.ts';
import { lockFolder } from '../common/lock.ts';
import type { TextPool } from '../common/text-pool.ts';
import { type BadImage, badImagesError } from '../data/image/bad-images.ts';
import { createTransform } from '../data/transforms/index.ts';
import type { EngineReport } from '../run/events.ts';
import { DiskStore } from './disk-store.ts';
import { Extraction } from './extract.ts';
import { readImageKeys } from './image-stats.ts';
import { keyName, storeKey } from './key.ts';
import { LoadingStore } from './loading-store.ts';
import { ProgressReporter } from './progress.ts';
import type { FeatureHooks, FeatureRequest, FeatureResult } from './request.ts';
import { RowPlaces } from './row-places.ts';
import { indexRows, type RowIndex } from './rows.ts';
import { listShards, readShards, removePartials } from './shard.ts';
import { ShardWriter } from './shard-writer.ts';

/**
 * The frozen backbone's features of all images, from the store where they are there already, else computed and stored.
 * Interrupted at any point, the next call goes on from what was written.
 *
 * @throws MdfeError `data/bad-images` with the list of all missing or damaged images, unless skipBadImages
 * @throws the signal's reason when stopped; what was computed stays in the store
 */
export async function prepareFeatures(
  request: FeatureRequest,
  { onProgress, signal }: FeatureHooks = {},
): Promise<FeatureResult> {
  const { images, backbone } = request;
  const { random } = createTransform(request.transform.name, request.transform.size);
  const views = random ? request.views : 1;
  const cacheDir = cacheFolder(request.cacheDir);
  const key = await storeKey(request, random, cacheDir);
  const folder = join(cacheDir, 'features', keyName(key));
  await makeFolder(folder, key);

  const progress = new ProgressReporter(images.length * views, onProgress);
  progress.phase('checking', 'looking at the image files');
  const look = request.looked ?? readImageKeys(images, (done) => progress.update(done * views), signal);
  const shards = readShards((await listShards(folder)).paths);
  const { keys, missing } = await unlessAborted(look, signal);
  let index = await indexRows(shards, keys, views);
  let kept = readyImages(index, keys, views);
  const before = kept.length;
  let bad: readonly BadImage[] = missing;
  let engine: EngineReport | null = null;
  if (pendingRows(index, keys, views).length > 0 || (bad.length > 0 && !request.skipBadImages)) {
    const waitFor = (holder: string) =>
      progress.phase('waiting', `${holder} is computing the same features; waiting for it`);
    const unlock = await lockFolder(folder, waitFor, signal);
    try {
      ({ bad, engine } = await computeMissing(request, folder, keys, views, missing, progress, signal));
    } finally {
      await unlock();
    }
    if (bad.length > 0 && !request.skipBadImages) throw badImagesError(bad, images.root);
    index = await indexRows(readShards((await listShards(folder)).paths), keys, views);
    kept = readyImages(index, keys, views);
  }

  if (kept.length === 0) throw noImages(images.root, images.length);
  progress.phase('loading', `reading ${counted(kept.length, 'feature')}`);
  const places = placesOf(index, kept, views, backbone.width, request.dtype);
  const budget = request.memoryBudget ?? totalmem() / 4;
  const store = places.bytes <= budget ? new LoadingStore(places) : new DiskStore(places);
  return {
    store,
    kept,
    engine,
    reusedImages: before,
    computedImages: kept.length - before,
    skipped: withAliases(bad, index, images),
    folder,
  };
}

async function computeMissing(
  request: FeatureRequest,
  folder: string,
  keys: TextPool,
  views: number,
  missing: readonly BadImage[],
  progress: ProgressReporter,
  signal: AbortSignal | undefined,
): Promise<{ bad: readonly BadImage[]; engine: EngineReport | null }> {
  await removePartials(folder);
  const { paths, next } = await listShards(folder); // another process may have finished meanwhile
  const index = await indexRows(readShards(paths), keys, views);
  const rows = pendingRows(index, keys, views);
  if (rows.length === 0) return { bad: missing, engine: null };
  const engine = await request.engine();
  progress.start(rows.length);
  const writer = new ShardWriter(folder, next, request.backbone.width, request.dtype);
  const extraction = new Extraction({ ...request, engine }, views, keys, missing, writer, {
    onRows: (count) => progress.add(count),
    onListing: () => progress.listing(extraction.bad),
    signal,
  });
  try {
    try {
      await extraction.run(rows);
    } finally {
      await writer.finish();
    }
    return { bad: extraction.bad, engine: extraction.ran ? engine.report : null };
  } finally {
    await extraction.close();
  }
}

/** image * views + view of everything that is to be computed. */
function pendingRows({ shard, alias, complete }: RowIndex, keys: TextPool, views: number): Int32Array {
  const rows: number[] = [];
  if (complete) return new Int32Array();
  for (let image = 0; image < keys.length; image++) {
    if (alias[image] !== image || keys.byteLength(image) === 0) continue;
    for (let view = 0; view < views; view++)
      if (shard[image * views + view] === -1) rows.push(image * views + view);
  }
  return Int32Array.from(rows);
}

/** Images whose views are all in the store. */
function readyImages({ shard, alias, complete }: RowIndex, keys: TextPool, views: number): Int32Array {
  if (complete) return alias;
  const ready = new Int32Array(keys.length);
  let count = 0;
  for (let image = 0; image < keys.length; image++) {
    const first = alias[image]! * views;
    let view = 0;
    while (view < views && shard[first + view] !== -1) view++;
    if (view === views) ready[count++] = image;
  }
  return ready.slice(0, count);
}

function placesOf(
  index: RowIndex,
  kept: Int32Array,
  views: number,
  width: number,
  dtype: 'float32' | 'float16',
): RowPlaces {
  const all = { count: kept.length, views, width, dtype, shards: index.shards };
  if (index.complete) return new RowPlaces({ ...all, shard: index.shard, row: index.row });
  const shard = new Int32Array(kept.length * views);
  const row = new Int32Array(kept.length * views);
  kept.forEach((image, i) => {
    const from = index.alias[image]! * views;
    for (let view = 0; view < views; view++) {
      shard[i * views + view] = index.shard[from + view]!;
      row[i * views + view] = index.row[from + view]!;
    }
  });
  return new RowPlaces({ ...all, shard, row });
}

/** A bad file that is listed twice is two skipped samples. */
function withAliases(
  bad: readonly BadImage[],
  { alias }: RowIndex,
  images: FeatureRequest['images'],
): BadImage[] {
  if (bad.length === 0) return [];
  const byFirst = new Map(bad.map((b) => [b.index, b]));
  const all: BadImage[] = [];
  alias.forEach((first, index) => {
    const found = byFirst.get(first);
    if (found) all.push({ ...found, index, image: images.image(index) });
  });
  return all;
}

async function makeFolder(folder: string, key: object): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'key.json');
    if (!existsSync(file)) await writeAtomically(file, `${JSON.stringify(key, null, 2)}\n`);
  } catch (error) {
    throw explainWriteError(error, folder);
  }
}

function noImages(root: string, listed: number): MdfeError {
  return new MdfeError({
    code: 'data/no-usable-images',
    what: 'none of the images can be used',
    where: root,
    got: `${listed} listed, all missing or damaged`,
    todo: 'check that DATA_DIR is the folder that the annotation file is relative to',
  });
}
