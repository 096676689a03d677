import { resolve } from 'node:path';
import { counted } from '../common/counted.ts';
import { ExitCode, knownError, type MdfeError, usageError } from '../common/errors.ts';
import type { DatasetDefinition } from '../data/datasets/index.ts';
import { DATASETS, loadDatasets } from '../data/datasets/index.ts';
import { locateDataset, requireFolder } from '../data/datasets/locate.ts';
import { readImageKeys } from '../features/image-stats.ts';
import type { DatasetStatus } from '../run/dataset-status.ts';
import type { Arguments } from './command.ts';
import type { Progress } from './progress.ts';
import { table } from './table.ts';

/** `mdfe dataset DATA_DIR`: which of the published sets are there, and what the others lack. */
export async function surveyDatasets(args: Arguments, seed: number, progress: Progress): Promise<ExitCode> {
  for (const flag of ['jsonl', 'check', 'samples'])
    if (args.flag(flag) || args.string(flag) !== undefined)
      throw usageError({
        code: 'usage/names',
        what: `--${flag} needs the names of data sets`,
        expected: `mdfe dataset NAMES... DATA_DIR --${flag}`,
        got: args.positionals.join(' '),
      });
  const root = resolve(args.positionals[0]!);
  await requireFolder(root);
  const sets: DatasetStatus[] = [];
  for (const set of DATASETS) {
    progress.status(`looking at ${set.key}`);
    const status = await locate(set, root);
    const look = status.state === 'present' && !args.flag('quick');
    sets.push(look ? await count(status, root, seed, args.string('cache-dir')) : status);
  }
  progress.clear();
  if (args.flag('json')) console.log(JSON.stringify({ root, sets }, null, 2));
  else console.log(survey(sets));
  return ExitCode.done;
}

async function locate(set: DatasetDefinition, root: string): Promise<DatasetStatus> {
  const { key, title, page } = set;
  try {
    const { annotation } = await locateDataset(set, root);
    return { key, title, page, state: 'present', missing: [], annotation };
  } catch (error) {
    const known = knownError(error);
    if (!known) throw error;
    const inRoot = set.folders[0] === ''; // its folder is always there
    const absent = known.code === 'data/missing-folder' || inRoot;
    return { key, title, page, state: absent ? 'absent' : 'incomplete', missing: [inWords(known)] };
  }
}

async function count(
  status: DatasetStatus,
  root: string,
  seed: number,
  cacheDir: string | undefined,
): Promise<DatasetStatus> {
  try {
    const data = await loadDatasets([status.key], root, { seed, cacheDir });
    const { missing } = await readImageKeys(data, () => {}, undefined);
    const found = {
      ...status,
      classes: data.classes,
      images: data.length,
      missingImages: missing.length,
    };
    if (missing.length === 0) return found;
    const text = `${missing.length} of ${counted(data.length, 'image')}, the first is ${missing[0]!.image}`;
    return { ...found, state: 'incomplete', missing: [text] };
  } catch (error) {
    const known = knownError(error);
    if (!known) throw error;
    return { ...status, state: 'incomplete', missing: [inWords(known)] };
  }
}

/** What is expected says it best where something is not there. */
function inWords({ details: { what, expected, todo }, code }: MdfeError): string {
  if (!code.startsWith('data/missing-') || code === 'data/missing-column' || expected === undefined)
    return what;
  return todo?.startsWith('make it') ? `${expected} (${todo})` : expected;
}

function survey(sets: readonly DatasetStatus[]): string {
  return table(
    ['set', 'state', 'classes', 'images', 'missing'],
    sets.map(({ key, state, classes, images, missing }) => [
      key,
      state,
      String(classes ?? ''),
      String(images ?? ''),
      missing.join('; '),
    ]),
  );
}
