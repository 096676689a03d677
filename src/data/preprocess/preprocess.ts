import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../../common/atomic-file.ts';
import { csvField } from '../../common/csv-field.ts';
import { MdfeError, usageError } from '../../common/errors.ts';
import { isFile, isFolder } from '../../common/file-kind.ts';
import { lockFile } from '../../common/lock.ts';
import { nearest } from '../../common/suggest.ts';
import { findDataset } from '../datasets/catalogue.ts';
import { type BadItem, CROPS_FOLDER, type CropResult } from './crop-job.ts';
import { cropImages } from './crop-pool.ts';
import { deepFashion2 } from './deep-fashion2.ts';
import { foodRec22 } from './food-rec22.ts';
import type { CropLayout } from './layout.ts';

const LAYOUTS: readonly CropLayout[] = [deepFashion2, foodRec22];

/** Names that {@link preprocess} takes. */
export const PREPROCESSED_SETS: readonly string[] = LAYOUTS.map(({ key }) => key);

export interface PreprocessProgress {
  readonly done: number;
  readonly total: number;
  readonly crops: number;
  readonly bad: number;
}

export interface PreprocessOptions {
  /** Images cut at a time (default: one per core). */
  readonly threads?: number | undefined;
  /** Makes crops anew that are there already. */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: ((progress: PreprocessProgress) => void) | undefined;
  readonly onNote?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PreprocessSummary {
  readonly images: number;
  /** Lines of train.csv. */
  readonly crops: number;
  /** Crops that were there before. */
  readonly kept: number;
  readonly classes: number;
  readonly bad: readonly BadItem[];
  /** The list that was written, absolute. */
  readonly list: string;
}

/**
 * Cuts every annotated item of DeepFashion2 or Food Recognition 2022 out of its image, saves it under
 * preprocessed_imgs/ and lists all of them in train.csv (img_path, label), in the order of the images. Crops that are
 * there are kept, so that a run which was stopped or killed goes on where it was; train.csv is written last.
 *
 * @param folder of the data set: holds image/ and annos/, or images/ and annotations.json
 */
export async function preprocess(
  name: string,
  folder: string,
  { threads = availableParallelism(), overwrite = false, onProgress, onNote, signal }: PreprocessOptions = {},
): Promise<PreprocessSummary> {
  const layout = findLayout(name);
  const root = resolve(folder);
  await requireParts(layout, root);
  const partial = join(root, '.preprocess-partial');
  const release = await lockFile(
    join(root, '.preprocess-lock.json'),
    (holder) => onNote?.(`${holder} is preprocessing this folder; waiting for it`),
    signal,
  );
  try {
    await rm(partial, { recursive: true, force: true }); // of a killed run
    await mkdir(join(root, CROPS_FOLDER), { recursive: true });
    await mkdir(partial);
    const { jobs, notes } = await layout.list(root);
    for (const note of notes) onNote?.(note);
    const results = new Array<CropResult>(jobs.length);
    const count = { done: 0, total: jobs.length, crops: 0, bad: 0 };
    const take = (index: number, result: CropResult) => {
      results[index] = result;
      count.done++;
      count.crops += result.crops.length;
      count.bad += result.bad.length;
      onProgress?.(count);
    };
    await cropImages(jobs, { folder: root, partial, overwrite }, threads, take, signal);
    return await finish(root, results);
  } finally {
    await rm(partial, { recursive: true, force: true });
    await release();
  }
}

async function finish(root: string, results: readonly CropResult[]): Promise<PreprocessSummary> {
  const crops = results.flatMap((result) => result.crops);
  const bad = results.flatMap((result) => result.bad);
  if (crops.length === 0)
    throw new MdfeError({
      code: 'preprocess/nothing',
      what: 'no annotated item could be cut out',
      where: root,
      got: bad[0] ? `${bad[0].image}: ${bad[0].reason}` : 'no annotations',
      todo: 'see whether images and annotations belong together',
    });
  const list = join(root, 'train.csv');
  const lines = crops.map(({ path, label }) => `${csvField(path)},${csvField(label)}\n`);
  await writeAtomically(list, `img_path,label\n${lines.join('')}`);
  return {
    images: results.length,
    crops: crops.length,
    kept: results.reduce((sum, { kept }) => sum + kept, 0),
    classes: new Set(crops.map(({ label }) => label)).size,
    bad,
    list,
  };
}

/** Under its key or another accepted spelling. */
function findLayout(name: string): CropLayout {
  const layout = LAYOUTS.find(({ key }) => {
    const { aliases } = findDataset(key);
    return [key, ...aliases].includes(name.toLowerCase());
  });
  if (layout) return layout;
  const near = nearest(name, PREPROCESSED_SETS);
  throw usageError({
    code: 'preprocess/unknown-set',
    what: `there is nothing to preprocess for ${name}`,
    expected: PREPROCESSED_SETS.join(' or '),
    got: name,
    todo: near ? `did you mean ${near}?` : 'other sets are used as they are published',
  });
}

async function requireParts({ key, needs }: CropLayout, root: string): Promise<void> {
  const missing = await missingParts(needs, root);
  if (missing.length === 0) return;
  const { page, folders } = findDataset(key);
  const below = [];
  for (const folder of folders)
    if ((await missingParts(needs, join(root, folder))).length === 0) below.push(join(root, folder));
  throw new MdfeError({
    code: 'preprocess/missing-part',
    what: `this is not the folder of ${key}: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
    where: root,
    expected: needs.map(({ path, folder }) => (folder ? `${path}/` : path)).join(', '),
    got: (await isFolder(root)) ? (await readdir(root)).slice(0, 20).join(', ') : 'no such folder',
    todo: below[0] ? `did you mean ${below[0]}?` : `download it (${page}) and give its folder as DIR`,
  });
}

async function missingParts(needs: CropLayout['needs'], root: string): Promise<string[]> {
  const missing: string[] = [];
  for (const { path, folder } of needs)
    if (!(await (folder ? isFolder : isFile)(join(root, path)))) missing.push(folder ? `${path}/` : path);
  return missing;
}
