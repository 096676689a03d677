import { posix } from 'node:path';
import { samplePath } from '../datasets/sample-path.ts';
import { CROPS_FOLDER, type Item } from './crop-job.ts';

/**
 * Path of every item's crop, relative to the data set's folder: `preprocessed_imgs/FOLDER/FILE`. Where an image has
 * several items for one folder, the last has that path, as the Python system leaves it; the ones before, which are
 * lost there, get their number: `x.1.jpg`, `x.2.jpg`.
 *
 * @param where names the annotation for messages
 * @throws MdfeError when a path leads out of the folder
 */
export function cropPaths(file: string, items: readonly Item[], where: string): string[] {
  const paths = items.map(({ folder }) => samplePath(CROPS_FOLDER, `${folder}/${file}`, () => where));
  const last = new Map(paths.map((path, i) => [path, i]));
  const count = new Map<string, number>();
  return paths.map((path, i) => {
    if (last.get(path) === i) return path;
    const number = (count.get(path) ?? 0) + 1;
    count.set(path, number);
    const { dir, name, ext } = posix.parse(path);
    return `${dir}/${name}.${number}${ext}`;
  });
}
