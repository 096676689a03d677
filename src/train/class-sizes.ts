import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { counted } from '../common/counted.ts';
import { describeError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { readClassDistribution, writeClassDistribution } from '../data/class-distribution.ts';

/** Images per class as the head sees them. */
export interface ClassSizes {
  /** [classes], by label. */
  readonly counts: Int32Array;
  /** DATASET.cls_dist_file where the head uses it and it is not there yet. */
  readonly missing?: string;
  /** Where the numbers are from and what is odd about them, for the log. */
  readonly notes: readonly string[];
}

/**
 * DynM-ArcFace takes them from DATASET.cls_dist_file, which may hold the sizes of a larger set than is trained on; where
 * there is no such file, and for every other head, the data counts.
 *
 * @param counts [classes] images per class that are trained on
 */
export async function classSizes(config: Config, counts: Int32Array): Promise<ClassSizes> {
  const file = config.DATASET.cls_dist_file;
  if (config.MODEL.HEAD.name !== 'DynM-ArcFace' || file === '') return { counts, notes: [] };
  if (!existsSync(file))
    return { counts, missing: file, notes: [`margins from the images per class, written to ${file}`] };
  const given = await readClassDistribution(file, counts.length);
  const other = given.filter((n, label) => n !== counts[label]).length;
  const notes = [`margins from the images per class in ${file}`];
  if (other > 0)
    notes.push(`the data has another number of images than ${file} in ${counted(other, 'class')}`);
  return { counts: given, notes };
}

/** Writes the missing file; undefined when it is written, else why it could not be. Training goes on without it. */
export async function writeClassSizes(file: string, counts: Int32Array): Promise<string | undefined> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeClassDistribution(file, counts);
    return undefined;
  } catch (error) {
    return `the images per class could not be written to ${file}: ${describeError(error)}`;
  }
}
