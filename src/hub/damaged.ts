import { realpath } from 'node:fs/promises';
import { MdfeError } from '../common/errors.ts';

const DAMAGED = new Set([
  'safetensors/broken',
  'zip/broken',
  'pickle/broken',
  'torch-bin/broken',
  'weights/bad-index',
]);

/** A damaged file of the cache is not asked for again by itself: its content must go, not the link to it alone. */
export async function adviseNewDownload(error: unknown): Promise<never> {
  if (!(error instanceof MdfeError) || !DAMAGED.has(error.code) || error.details.where === undefined)
    throw error;
  const content = await realpath(error.details.where);
  throw new MdfeError({
    ...error.details,
    todo: `delete ${content} and run the same command again: it is downloaded anew`,
  });
}
