import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MdfeError, usageError } from '../../common/errors.ts';
import { type DatasetDefinition, defineDataset } from './definition.ts';
import { isFile, isFolder, type Located } from './locate.ts';
import { csvRows, type ReadRows } from './rows.ts';

/** A set that needs no code, with where it lies. */
export interface OwnData {
  readonly set: DatasetDefinition;
  readonly located: Located;
}

const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/**
 * `folder:PATH`: one folder per class, all images below it. `csv:FILE`: columns img_path (relative to the data root)
 * and label. PATH and FILE are relative to the data root or absolute. Undefined for other names.
 */
export async function ownData(name: string, root: string): Promise<OwnData | undefined> {
  const [, kind, given] = /^(folder|csv):(.*)$/s.exec(name) ?? [];
  if (kind === undefined || given === undefined) return undefined;
  if (given === '')
    throw usageError({
      code: 'data/own-empty',
      what: `${kind}: needs a path`,
      where: 'DATASET.names',
      expected: kind === 'csv' ? 'csv:FILE' : 'folder:PATH',
      got: name,
    });
  const path = resolve(root, given);
  return kind === 'csv' ? ownCsv(name, path) : ownFolder(name, path, root);
}

async function ownCsv(name: string, path: string): Promise<OwnData> {
  if (!(await isFile(path))) throw notThere(name, path, 'a CSV file with the columns img_path,label');
  const set = own(name, csvRows('img_path', 'label'));
  return { set, located: { folder: '', annotation: path, notes: [] } };
}

async function ownFolder(name: string, path: string, root: string): Promise<OwnData> {
  if (!(await isFolder(path))) throw notThere(name, path, 'a folder with one folder per class');
  const below = relative(root, path);
  const outside = below.startsWith('..') || isAbsolute(below);
  const prefix = (outside ? path : below).split(sep).join('/');
  const read: ReadRows = async (folder, onRow) => {
    const classes = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
    for (const label of classes)
      for (const image of await imagesBelow(join(folder, label)))
        onRow(`${label}/${image}`, label, () => folder);
  };
  const set = { ...own(name, read), textLabels: true };
  return { set, located: { folder: prefix, annotation: path, notes: [] } };
}

/** Image files at any depth below a folder, sorted; paths relative to it with forward slashes. */
export async function imagesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true });
  return found
    .filter((file) => IMAGE.test(file))
    .map((file) => file.split(sep).join('/'))
    .sort();
}

function own(name: string, read: ReadRows): DatasetDefinition {
  return defineDataset({ key: name, title: 'own data', page: '', folders: [''], annotations: [], read });
}

function notThere(name: string, path: string, expected: string): MdfeError {
  return new MdfeError({
    code: 'data/own-missing',
    what: `${name} is not there`,
    where: path,
    expected,
    todo: 'correct the path in DATASET.names; it is relative to the data folder',
  });
}
