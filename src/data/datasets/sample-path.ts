import { posix } from 'node:path';
import { MdfeError } from '../../common/errors.ts';

const SUSPICIOUS = /\\|\.\.|^\/|\/\/|^\.\/|^[A-Za-z]:|^~/;

/**
 * Turns an image path of an annotation file into one with forward slashes below `folder`.
 * @throws MdfeError when it leads outside
 */
export function samplePath(folder: string, image: string, where: () => string): string {
  if (!SUSPICIOUS.test(image)) return folder === '' ? image : `${folder}/${image}`;
  const clean = posix.normalize(image.replaceAll('\\', '/'));
  if (clean.startsWith('/') || clean === '..' || clean.startsWith('../') || /^[A-Za-z]:/.test(clean))
    throw new MdfeError({
      code: 'data/path-outside',
      what: 'the image path leads outside the data folder',
      where: where(),
      expected: `a path relative to ${folder === '' ? 'the data folder' : folder}`,
      got: image,
      todo: 'correct the annotation file; images must lie under the data folder',
    });
  return folder === '' ? clean : `${folder}/${clean}`;
}
