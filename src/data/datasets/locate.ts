import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MdfeError, usageError } from '../../common/errors.ts';
import { isFile, isFolder } from '../../common/file-kind.ts';
import type { DatasetDefinition } from './definition.ts';

export interface Located {
  /** Folder under the data root, as spelled on disk; '' is the root. */
  readonly folder: string;
  /** Absolute path of the annotation file. */
  readonly annotation: string;
  /** Says which spelling was used where it is not the preferred one, or where there are several. */
  readonly notes: string[];
}

/** Finds folder and annotation file among their known spellings; the preferred one wins. */
export async function locateDataset(set: DatasetDefinition, root: string): Promise<Located> {
  await requireFolder(root);
  const folders = [];
  for (const folder of set.folders) if (await isFolder(join(root, folder))) folders.push(folder);
  if (folders.length === 0) throw await missingFolder(set, root);
  const found: { folder: string; file: string }[] = [];
  for (const folder of folders)
    for (const file of set.annotations)
      if (await isFile(join(root, folder, file))) found.push({ folder, file });
  const [used, ...others] = found;
  if (!used) throw missingAnnotation(set, root, folders[0]!);
  const spelling = (f: { folder: string; file: string }) =>
    f.folder === '' ? f.file : `${f.folder}/${f.file}`;
  const notes: string[] = [];
  if (others.length > 0)
    notes.push(`${set.key}: used ${spelling(used)}, ignored ${others.map(spelling).join(', ')}`);
  else if (used.folder !== set.folders[0] || used.file !== set.annotations[0])
    notes.push(`${set.key}: used ${spelling(used)}`);
  return { folder: used.folder, annotation: join(root, used.folder, used.file), notes };
}

/** @throws MdfeError when the data root is not a folder */
export async function requireFolder(root: string): Promise<void> {
  if (await isFolder(root)) return;
  throw usageError({
    code: 'data/no-root',
    what: 'the data folder does not exist',
    where: root,
    todo: 'give the folder that holds the data sets as DATA_DIR',
  });
}

async function missingFolder(set: DatasetDefinition, root: string): Promise<MdfeError> {
  const present = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  return new MdfeError({
    code: 'data/missing-folder',
    what: `the folder of the data set ${set.key} (${set.title}) is missing`,
    where: root,
    expected: set.folders.map((f) => `${f}/`).join(' or '),
    got: present.length > 0 ? present.slice(0, 20).join(', ') : 'no folders',
    todo: `download it (${set.page}) and unpack it there, or give another DATA_DIR`,
  });
}

function missingAnnotation(set: DatasetDefinition, root: string, folder: string): MdfeError {
  return new MdfeError({
    code: 'data/missing-annotation',
    what: `the annotation file of the data set ${set.key} (${set.title}) is missing`,
    where: join(root, folder),
    expected: set.annotations.join(' or '),
    todo: set.madeBy
      ? `make it: ${set.madeBy.replace('DIR', join(root, folder))}`
      : `get it from ${set.page} and put it there`,
  });
}
