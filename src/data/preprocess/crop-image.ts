import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { explainWriteError } from '../../common/atomic-file.ts';
import { isSystemError, MdfeError } from '../../common/errors.ts';
import { samplePath } from '../datasets/sample-path.ts';
import { decodeRgb } from '../image/decode.ts';
import type { Box, RgbImage } from '../image/resize.ts';
import { cropBox } from './crop-box.ts';
import type { AnnotatedImage, BadItem, CropJob, CropResult, CropSetup } from './crop-job.ts';
import { cropPaths } from './crop-paths.ts';
import { readDeepFashion2 } from './deep-fashion2.ts';

/** Of 100: training sees no difference to the image itself. Chroma is stored at half size, as photographs have it. */
const JPEG_QUALITY = 95;

/** Cuts the annotated items out of one image. What is wrong with image or annotation is reported, not thrown. */
export async function cropImage(job: CropJob, setup: CropSetup): Promise<CropResult> {
  try {
    return await cut(job, setup);
  } catch (error) {
    if (!(error instanceof MdfeError) || !/^(image|data)\//.test(error.code)) throw error;
    const { what, expected, got } = error.details;
    const detail = expected === undefined ? '' : ` (expected ${expected}, got ${got ?? 'nothing'})`;
    return { crops: [], kept: 0, bad: [{ image: job.image, reason: what + detail }] };
  }
}

async function cut(job: CropJob, setup: CropSetup): Promise<CropResult> {
  const source = join(
    setup.folder,
    samplePath('', job.image, () => job.image),
  );
  const { items, whole } = await annotationOf(job, setup.folder);
  const paths = cropPaths(job.file, items, job.image);
  const there = await Promise.all(
    paths.map((path) => (setup.overwrite ? false : isWritten(join(setup.folder, path)))),
  );
  const crops = items.map(({ label }, i) => ({ path: paths[i]!, label }));
  const kept = there.filter(Boolean).length;
  if (kept === items.length) return { crops, kept, bad: [] };
  const image = await decodeRgb(source);
  const bad: BadItem[] = [];
  for (const [i, { box, label }] of items.entries()) {
    if (there[i]) continue;
    const place = whole ? 'whole' : cropBox(box, image.width, image.height);
    if (place) {
      const write = (partial: string) =>
        place === 'whole' ? copyFile(source, partial) : encode(image, place, paths[i]!, partial);
      await writeInPlace(join(setup.folder, paths[i]!), setup.partial, write);
      there[i] = true;
    } else
      bad.push({
        image: job.image,
        reason: `the box [${box.join(', ')}] of an item of class ${label} has no pixel in the image (${image.width} x ${image.height})`,
      });
  }
  return { crops: crops.filter((_, i) => there[i]), kept, bad };
}

async function annotationOf({ annotation }: CropJob, folder: string): Promise<AnnotatedImage> {
  return typeof annotation === 'string' ? readDeepFashion2(join(folder, annotation)) : annotation;
}

/** An empty file is what a power cut may leave of one that was not yet on the disk. */
async function isWritten(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The name's ending decides: PNG stays without loss, everything else becomes JPEG. */
async function encode({ data, width, height }: RgbImage, box: Box, path: string, to: string): Promise<void> {
  const cropped = sharp(data, { raw: { width, height, channels: 3 } }).extract({
    left: box.x,
    top: box.y,
    width: box.width,
    height: box.height,
  });
  const format = /\.png$/i.test(path) ? cropped.png() : cropped.jpeg({ quality: JPEG_QUALITY });
  await writeFile(to, await format.toBuffer());
}

/**
 * Writes elsewhere and moves, so that a crop is there completely or not at all. Not flushed one by one, which would
 * make hundreds of thousands of files many times slower.
 */
async function writeInPlace(
  path: string,
  partialFolder: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = join(partialFolder, randomBytes(8).toString('hex'));
  try {
    await write(partial);
    await moveTo(path, partial);
  } catch (error) {
    await rm(partial, { force: true });
    throw explainWriteError(error, path);
  }
}

async function moveTo(path: string, partial: string): Promise<void> {
  try {
    await rename(partial, path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    await rename(partial, path);
  }
}
