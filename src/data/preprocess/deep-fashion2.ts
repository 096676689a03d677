import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, MdfeError } from '../../common/errors.ts';
import { readUtf8 } from '../datasets/rows.ts';
import { badValue, fourNumbers, identifier, record } from './annotation-value.ts';
import type { AnnotatedImage, CropJob, Item } from './crop-job.ts';
import type { CropLayout } from './layout.ts';

/** image/000001.jpg with annos/000001.json. The annotations are read by the processes that cut. */
export const deepFashion2: CropLayout = {
  key: 'deep_fashion2',
  needs: [
    { path: 'image', folder: true },
    { path: 'annos', folder: true },
  ],
  async list(folder) {
    const images = (await readdir(join(folder, 'image'))).filter((name) => !name.startsWith('.')).sort();
    const annotated = (await readdir(join(folder, 'annos'))).filter((name) => /^[^.].*\.json$/.test(name));
    const ids = new Set(images.map(idOf));
    const missing = annotated.map(idOf).filter((id) => !ids.has(id));
    const jobs = [...images, ...missing.sort().map((id) => `${id}.jpg`)].map(
      (file): CropJob => ({ image: `image/${file}`, file, annotation: `annos/${idOf(file)}.json` }),
    );
    return { jobs, notes: [] };
  },
};

function idOf(file: string): string {
  return file.split('.')[0]!;
}

/**
 * One annotation file: {source, pair_id, item1: {style, category_name, bounding_box: [x1, y1, x2, y2]}, ...}. Items
 * of style 0 have no counterpart in another image and are left out, but count for whether an image has a single item.
 *
 * @throws MdfeError
 */
export async function readDeepFashion2(file: string): Promise<AnnotatedImage> {
  const { source: _, pair_id, ...rest } = record(await readJson(file), file);
  const pair = identifier(pair_id, 'pair_id', file);
  const annotated = Object.entries(rest).map(([name, value]): Item | undefined => {
    const item = record(value, `${file}, ${name}`);
    const style = Number(item.style);
    if (!Number.isFinite(style)) throw badValue(`${file}, ${name}`, 'style: a number', item.style);
    if (Math.trunc(style) <= 0) return undefined;
    const label = `${pair}_${Math.trunc(style)}`;
    const category = identifier(item.category_name, 'category_name', `${file}, ${name}`);
    const box = fourNumbers(item.bounding_box, 'bounding_box', `${file}, ${name}`);
    return { box, label, folder: `${category}/${label}` };
  });
  return { items: annotated.filter((item) => item !== undefined), whole: annotated.length === 1 };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readUtf8(file));
  } catch (error) {
    const missing = isSystemError(error, 'ENOENT');
    if (!missing && !(error instanceof SyntaxError)) throw error;
    throw new MdfeError({
      code: missing ? 'data/missing-annotation' : 'data/annotation-json',
      what: missing
        ? 'the annotation file of this image is missing'
        : `the annotation file is not valid JSON (${(error as Error).message})`,
      where: file,
      cause: error,
    });
  }
}
