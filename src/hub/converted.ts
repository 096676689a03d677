import { createHash } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainWriteError, removePartials } from '../common/atomic-file.ts';
import { cacheFolder } from '../common/cache-dir.ts';
import { isFile } from '../common/file-kind.ts';
import { lockFile } from '../common/lock.ts';
import { convertTorchFile } from '../formats/torch-bin.ts';

/** Raised when the conversion changes, so that older results are made again. */
const VERSION = 1;

export interface ConvertHooks {
  readonly onWaiting?: ((holder: string) => void) | undefined;
  /** Called with 0..1. */
  readonly onConverting?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Our own cache; defaults to {@link cacheFolder}. */
  readonly cacheDir?: string | undefined;
}

/**
 * The safetensors form of a PyTorch checkpoint, made once and kept in `converted/` of our cache; made again when the
 * checkpoint's path, size or time changes.
 * @param prefix keep only tensors whose names start so
 */
export async function convertedCheckpoint(
  source: string,
  prefix: string,
  { onWaiting, onConverting, signal, cacheDir }: ConvertHooks,
): Promise<string> {
  const real = await realpath(source);
  const { size, mtimeMs } = await stat(real);
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, real, size, mtimeMs, prefix]))
    .digest('hex');
  const name = basename(source).replace(/\.[^.]*$/, '');
  const target = join(cacheFolder(cacheDir), 'converted', `${name}-${key.slice(0, 16)}.safetensors`);
  if (await isFile(target)) return target;
  try {
    await mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw explainWriteError(error, target);
  }
  const release = await lockFile(`${target}.lock`, onWaiting ?? (() => undefined), signal);
  try {
    await removePartials(target);
    if (!(await isFile(target)))
      await convertTorchFile(source, target, { prefix, onProgress: onConverting, signal });
    return target;
  } finally {
    await release();
  }
}
