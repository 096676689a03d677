import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { counted } from '../../common/counted.ts';
import { isSystemError, MdfeError, usageError } from '../../common/errors.ts';
import { isFile, isFolder } from '../../common/file-kind.ts';
import { type DatasetDefinition, defineDataset } from './definition.ts';
import type { Located } from './locate.ts';
import { csvRows, type ReadRows } from './rows.ts';

/** A set that needs no code, with where it lies. */
export interface OwnData {
  readonly set: DatasetDefinition;
  readonly located: Located;
}

/** What Node shows for bytes that are no text; such a name can be listed, but not opened. */
const NOT_UTF8 = '\uFFFD';

const IMAGE = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif)$/i;
/** Images of types that are not read. */
const OTHER_IMAGE =
  /\.(bmp|dib|p[bgpn]m|heic|heif|jp2|j2k|jxl|tga|ico|psd|svg|dng|cr2|cr3|nef|arw|exr|hdr)$/i;

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
  const notes: string[] = [];
  const read: ReadRows = async (folder, onRow) => {
    const left: string[] = [];
    const labels = await classFolders(folder);
    let images = 0;
    for (const label of labels)
      for (const image of await imagesBelow(join(folder, label), (other) => left.push(`${label}/${other}`))) {
        onRow(`${label}/${image}`, label, () => folder);
        images++;
      }
    if (images === 0) throw noImages(name, folder, labels, left);
    if (left.length > 0) notes.push(`${name}: ${leftOut(left)}`);
  };
  const set = { ...own(name, read), textLabels: true };
  return { set, located: { folder: prefix, annotation: path, notes } };
}

/** e.g. `3 images of types that are not read left out (.bmp 2, .heic 1), e.g. cats/a.bmp: convert them to PNG or JPEG` */
export function leftOut(images: readonly string[]): string {
  const types = new Map<string, number>();
  for (const image of images) {
    const type = extname(image).toLowerCase();
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  const shares = [...types].map(([type, count]) => `${type} ${count}`).join(', ');
  return `${counted(images.length, 'image')} of types that are not read left out (${shares}), e.g. ${images[0]}: convert them to PNG or JPEG`;
}

/** Sorted names of the folders, and of links to folders, in a folder. */
async function classFolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (!entry.name.startsWith('.') && (await leadsToFolder(folder, entry))) names.push(entry.name);
  return names.sort();
}

/**
 * Image files at any depth below a folder, sorted; paths relative to it with forward slashes. Links to folders are
 * followed, except back into a folder that they lie in. What is hidden, its name beginning with a dot, is left out.
 *
 * @param onOther is given images of types that are not read
 */
export async function imagesBelow(
  folder: string,
  onOther: (image: string) => void = () => {},
): Promise<string[]> {
  const images: string[] = [];
  /** @param real folders from the outermost to this one, without links */
  const look = async (path: string, below: string, real: readonly string[]): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue; // macOS writes a `._1.jpg` that is no image
      const inner = join(path, entry.name);
      const image = `${below}${entry.name}`;
      if (await leadsToFolder(path, entry)) {
        const target = entry.isDirectory() ? join(real.at(-1)!, entry.name) : await realpath(inner);
        if (!real.some((outer) => `${outer}${sep}`.startsWith(`${target}${sep}`)))
          await look(inner, `${image}/`, [...real, target]);
      } else if (IMAGE.test(entry.name)) images.push(image);
      else if (OTHER_IMAGE.test(entry.name)) onOther(image);
    }
  };
  try {
    await look(folder, '', [await realpath(folder)]);
  } catch (error) {
    throw isSystemError(error, 'ENOENT') && error.path?.includes(NOT_UTF8) ? notUtf8(error.path) : error;
  }
  return images.sort();
}

async function leadsToFolder(parent: string, entry: Dirent): Promise<boolean> {
  return entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(parent, entry.name))));
}

function own(name: string, read: ReadRows): DatasetDefinition {
  return defineDataset({ key: name, title: 'own data', page: '', folders: [''], annotations: [], read });
}

function notUtf8(path: string): MdfeError {
  return new MdfeError({
    code: 'data/name-encoding',
    what: 'the name of this folder is not UTF-8, so it cannot be opened',
    where: path,
    todo: 'rename it (convmv renames whole trees: convmv -r -f latin1 -t utf8 --notest FOLDER)',
  });
}

function noImages(
  name: string,
  folder: string,
  labels: readonly string[],
  left: readonly string[],
): MdfeError {
  return new MdfeError({
    code: 'data/empty-dataset',
    what: `${name} holds no images`,
    where: folder,
    expected: 'one folder per class, with images (jpg, png, webp, gif, tiff, avif) in it',
    got: left.length > 0 ? leftOut(left) : `${counted(labels.length, 'folder')} without images`,
    todo: 'put images there, or correct the path in DATASET.names',
  });
}

function notThere(name: string, path: string, expected: string): MdfeError {
  return usageError({
    code: 'data/own-missing',
    what: `${name} is not there`,
    where: path,
    expected,
    todo: 'correct the path in DATASET.names; it is relative to the data folder',
  });
}
