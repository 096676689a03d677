import { resolve } from 'node:path';
import { counted } from '../common/counted.ts';
import { usageError } from '../common/errors.ts';
import { isFile } from '../common/file-kind.ts';
import type { Config } from '../config/schema/index.ts';
import { type Dataset, loadDatasets } from '../data/datasets/index.ts';
import { requireFolder } from '../data/datasets/locate.ts';
import { type ClassHoldOut, holdOutClasses } from './held-out-classes.ts';
import { readRetrievalCsv } from './retrieval-csv.ts';
import type { RetrievalSet } from './retrieval-set.ts';

export interface HoldOut {
  /** What is left to train on. */
  readonly train: Dataset;
  readonly heldOut?: RetrievalSet;
}

/** Parts the data into what is trained on and what retrieval is scored with (EVAL.hold_out). */
export async function holdOut(dataset: Dataset, { EVAL, SEED }: Config): Promise<HoldOut> {
  switch (EVAL.hold_out) {
    case 'none':
      return { train: dataset };
    case 'classes':
      return holdOutClasses(dataset, classChoice({ EVAL, SEED }));
    case 'csv': {
      const file = resolve(dataset.root, EVAL.csv_file);
      await requireCsv(file);
      return withoutImages(dataset, await readRetrievalCsv(file, dataset.root));
    }
  }
}

/**
 * What the configuration holds out, without the rest; where it holds nothing out, the classes that it would.
 *
 * @param options csv: replaces what EVAL says; cacheDir: of indices of large annotation files
 */
export async function retrievalSet(
  { EVAL, DATASET, SEED }: Config,
  dataDir: string,
  { csv, cacheDir }: { readonly csv?: string | undefined; readonly cacheDir?: string | undefined } = {},
): Promise<RetrievalSet> {
  const root = resolve(dataDir);
  await requireFolder(root);
  const file = csv ?? (EVAL.hold_out === 'csv' ? resolve(root, EVAL.csv_file) : undefined);
  if (file !== undefined) {
    await requireCsv(file);
    return readRetrievalCsv(file, root);
  }
  const dataset = await loadDatasets(DATASET.names, root, { seed: SEED, cacheDir });
  return holdOutClasses(dataset, classChoice({ EVAL, SEED })).heldOut;
}

function classChoice({ EVAL, SEED }: Pick<Config, 'EVAL' | 'SEED'>): ClassHoldOut {
  return { share: EVAL.class_share, queriesPerClass: EVAL.queries_per_class, seed: SEED };
}

/** Takes the images of a retrieval set out of the training sets. */
function withoutImages(dataset: Dataset, heldOut: RetrievalSet): HoldOut {
  const images = new Set<string>();
  for (let i = 0; i < heldOut.length; i++) images.add(heldOut.image(i));
  const train = dataset.subset((i) => !images.has(dataset.image(i)));
  const left = dataset.length - train.length;
  if (left === 0) return { train: dataset, heldOut };
  if (train.length === 0)
    throw usageError({
      code: 'eval/nothing-left',
      what: 'every training image is held out, so there is nothing to train on',
      where: 'EVAL.csv_file',
      got: heldOut.title,
      todo: 'name other data sets in DATASET.names, or hold out less',
    });
  const note =
    `${counted(left, 'training image')} held out by ${heldOut.title} and not trained on` +
    (train.classes < dataset.classes
      ? `; ${counted(dataset.classes - train.classes, 'class')} gone with them`
      : '');
  return { train, heldOut: { ...heldOut, notes: [...heldOut.notes, note] } };
}

/** @throws MdfeError `eval/missing-csv` */
async function requireCsv(file: string): Promise<void> {
  if (await isFile(file)) return;
  throw usageError({
    code: 'eval/missing-csv',
    what: 'the file with the held-out images is not there',
    where: file,
    expected: 'a CSV with the columns img_path, label, role and perhaps domain',
    todo: 'correct the path: EVAL.csv_file is relative to the data folder, --csv to this one or the data folder',
  });
}
