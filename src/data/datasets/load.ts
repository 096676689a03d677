import { resolve } from 'node:path';
import { counted } from '../../common/counted.ts';
import { MdfeError, usageError } from '../../common/errors.ts';
import { findDataset } from './catalogue.ts';
import { type CollectedRows, collectRows } from './collect.ts';
import { Dataset, type SetRows } from './dataset.ts';
import type { DatasetDefinition } from './definition.ts';
import { indexedRows } from './indexed-rows.ts';
import { type Located, locateDataset, requireFolder } from './locate.ts';
import { ownData } from './own-data.ts';
import { samplePath } from './sample-path.ts';
import { type Selection, selectRows } from './select.ts';

export interface LoadOptions {
  /** Decides which images of too large classes stay. */
  readonly seed: number;
  /** Where indices of large annotation files are kept (default: the user's cache folder). */
  readonly cacheDir?: string | undefined;
}

/**
 * Reads the annotation files of the named sets (DATASET.names) below the data root and joins them, labels offset, in
 * the order named. Images are not opened: see checkImages and prepareFeatures.
 */
export async function loadDatasets(
  names: readonly string[],
  root: string,
  options: LoadOptions,
): Promise<Dataset> {
  if (names.length === 0)
    throw usageError({
      code: 'data/no-datasets',
      what: 'no data set is named',
      where: 'DATASET.names',
      todo: 'name at least one, e.g. ["products_10k"]',
    });
  const absolute = resolve(root);
  await requireFolder(absolute);
  const named = await Promise.all(names.map((name) => resolveName(name, absolute)));
  refuseRepeated(named.map(({ set }) => set.key));
  const sets: SetRows[] = [];
  const selections: Selection[] = [];
  let firstLabel = 0;
  let firstSample = 0;
  for (const { set, located } of named) {
    const pathOf = (image: string, where: () => string) => samplePath(located.folder, set.path(image), where);
    const place = { file: located.annotation, folder: located.folder, set: set.key };
    const { rows, notes } = await indexedRows(place, options.cacheDir, () =>
      collectRows(located.annotation, set.read, pathOf),
    );
    const selection = selectRows(rows, set, options.seed);
    requireImages(set, located, rows, selection);
    sets.push({
      images: rows.images.pick(selection.rows),
      path: (image) => pathOf(image, () => located.annotation),
      summary: {
        name: set.key,
        folder: located.folder,
        annotation: located.annotation,
        firstLabel,
        classes: selection.classNames.length,
        firstSample,
        images: selection.rows.length,
        droppedClasses: selection.droppedClasses,
        droppedImages: selection.droppedImages,
        notes: [...located.notes, ...notes, ...describe(set, rows, selection)],
      },
    });
    selections.push(selection);
    firstLabel += selection.classNames.length;
    firstSample += selection.rows.length;
  }
  const { labels, counts } = joinLabels(sets, selections, firstSample, firstLabel);
  const classNames = selections.flatMap((s) => s.classNames);
  return new Dataset(absolute, sets, labels, counts, classNames);
}

function refuseRepeated(keys: readonly string[]): void {
  const repeated = keys.find((key, i) => keys.indexOf(key) !== i);
  if (repeated === undefined) return;
  throw usageError({
    code: 'data/repeated-dataset',
    what: `the data set ${repeated} is named twice`,
    where: 'DATASET.names',
    todo: 'name each set once',
  });
}

/** @returns label of each sample, [samples], and images of each label, [classes] */
function joinLabels(
  sets: readonly SetRows[],
  selections: readonly Selection[],
  samples: number,
  classes: number,
): { readonly labels: Int32Array; readonly counts: Int32Array } {
  const labels = new Int32Array(samples);
  const counts = new Int32Array(classes);
  sets.forEach(({ summary: { firstSample, firstLabel } }, i) => {
    const { labels: own, counts: ownCounts } = selections[i]!;
    labels.set(firstLabel === 0 ? own : own.map((label) => label + firstLabel), firstSample);
    counts.set(ownCounts, firstLabel);
  });
  return { labels, counts };
}

async function resolveName(
  name: string,
  root: string,
): Promise<{ set: DatasetDefinition; located: Located }> {
  const own = await ownData(name, root);
  if (own) return own;
  const set = findDataset(name);
  return { set, located: await locateDataset(set, root) };
}

function requireImages(
  set: DatasetDefinition,
  located: Located,
  rows: CollectedRows,
  selection: Selection,
): void {
  if (rows.images.length === 0)
    throw new MdfeError({
      code: 'data/empty-dataset',
      what: `the data set ${set.key} lists no images`,
      where: located.annotation,
      got:
        rows.empty > 0
          ? `${counted(rows.empty, 'line')} without image or label`
          : 'no lines after the header',
      todo: 'complete the annotation, or leave this set out of DATASET.names',
    });
  if (selection.rows.length === 0)
    throw new MdfeError({
      code: 'data/all-classes-small',
      what: `every class of the data set ${set.key} has fewer images than it needs`,
      where: located.annotation,
      expected: `classes with at least ${counted(set.min, 'image')}`,
      got: `${counted(rows.classIds.length, 'class')}, ${counted(rows.images.length, 'image')}`,
      todo: 'add images, or name the data as csv:FILE, which has no minimum',
    });
}

function describe(set: DatasetDefinition, rows: CollectedRows, selection: Selection): string[] {
  const singles = selection.counts.reduce((n, count) => n + (count === 1 ? 1 : 0), 0);
  const notes: [number, string, string][] = [
    [rows.empty, 'line', 'without image or label left out'],
    [rows.duplicates, 'repeated line', 'left out'],
    [rows.contradictions, 'image', 'listed under several classes'],
    [
      selection.droppedClasses,
      'class',
      `with fewer than ${counted(set.min, 'image')} left out (${counted(selection.droppedImages, 'image')})`,
    ],
    [selection.reducedClasses, 'class', `reduced to ${counted(set.max, 'image')}`],
    [singles, 'class', 'with a single image: good for training, but nothing can be retrieved'],
  ];
  return notes
    .filter(([count]) => count > 0)
    .map(([count, noun, text]) => `${set.key}: ${counted(count, noun)} ${text}`);
}
