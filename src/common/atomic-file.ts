import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError, MdfeError } from './errors.ts';
import { isAlive } from './process.ts';

/**
 * Writes beside the target and renames, so that a reader sees the old file or the new one, never half of one.
 * `write` gets an open handle; on any failure the partial file is removed.
 */
export async function writeAtomically(
  path: string,
  write: Uint8Array | string | ((file: FileHandle) => Promise<void>),
  mode?: number,
): Promise<void> {
  const partial = partialOf(path);
  try {
    const file = await open(partial, 'wx', mode);
    try {
      if (typeof write === 'function') await write(file);
      else await file.writeFile(write);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw explainWriteError(error, path);
  }
}

/** Refuses a target that cannot be written, before the work that would fill it. */
export async function requireWritable(path: string): Promise<void> {
  const partial = partialOf(path);
  try {
    await (await open(partial, 'wx')).close();
    await rm(partial);
  } catch (error) {
    throw explainWriteError(error, path);
  }
  if ((await stat(path).catch(() => undefined))?.isDirectory()) throw isFolderError(path);
}

/** Removes what killed processes of this machine left of a file that they were writing. */
export async function removePartials(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    const rest = name.startsWith(basename(path)) ? name.slice(basename(path).length) : '';
    const pid = /^\.(\d+)-[0-9a-f]{8}\.partial$/.exec(rest)?.[1];
    if (pid !== undefined && !isAlive({ pid: Number(pid), start: '' }))
      await rm(join(folder, name), { force: true });
  }
}

function partialOf(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.partial`;
}

function isFolderError(path: string, cause?: unknown): MdfeError {
  return new MdfeError({
    code: 'disk/is-a-folder',
    what: 'there is a folder of this name; a file is to be written',
    where: path,
    todo: 'choose another name',
    cause,
  });
}

/** Runs what writes at or below `path`, with the system's words turned into ours. */
export function writingTo<R>(path: string, write: () => R): R {
  try {
    return write();
  } catch (error) {
    throw explainWriteError(error, path);
  }
}

/** Turns the system's words for a disk or place that takes no file into ours. */
export function explainWriteError(error: unknown, path: string): unknown {
  if (isSystemError(error, 'ENOSPC') || isSystemError(error, 'EDQUOT'))
    return new MdfeError({
      code: 'disk/full',
      what: 'the disk is full',
      where: path,
      todo: `free space on the volume of ${dirname(path)} and run the same command again`,
      cause: error,
    });
  if (isSystemError(error, 'EFBIG'))
    return new MdfeError({
      code: 'disk/file-too-large',
      what: 'the file system, or a limit of this shell, takes no larger files',
      where: path,
      todo: 'write to another volume (FAT32 ends at 4 GB), or raise the limit (ulimit -f)',
      cause: error,
    });
  if (isSystemError(error, 'EACCES') || isSystemError(error, 'EROFS') || isSystemError(error, 'EPERM'))
    return new MdfeError({
      code: 'disk/not-writable',
      what: `cannot write here (${error.code})`,
      where: path,
      todo: 'choose another output folder, or allow writing to this one',
      cause: error,
    });
  if (isSystemError(error, 'EISDIR')) return isFolderError(path, error);
  if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR'))
    return new MdfeError({
      code: 'disk/no-folder',
      what: 'the folder of this file does not exist',
      where: path,
      todo: `make it (mkdir -p ${dirname(path)}), or choose another place`,
      cause: error,
    });
  return error;
}
