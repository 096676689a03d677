import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isSystemError, MdfeError, usageError } from '../common/errors.ts';

/** What tells whether a file is still the one that an upload began with. */
export interface Stamp {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

const PIECE_BYTES = 1 << 20;

export async function stampOf(path: string): Promise<Stamp> {
  try {
    const info = await stat(path);
    if (info.isFile()) return { size: info.size, mtime: info.mtimeMs };
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
  throw usageError({ code: 'drive/no-file', what: 'there is no such file', where: path });
}

export const sameStamp = (a: Stamp, b: Stamp): boolean => a.size === b.size && a.mtime === b.mtime;

/** Hexadecimal. */
export async function md5Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  const options = { highWaterMark: 4 * PIECE_BYTES, ...(signal ? { signal } : {}) };
  for await (const piece of createReadStream(path, options)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Part of a file, piece by piece. */
export async function* readPart(
  path: string,
  start: number,
  length: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const file: FileHandle = await open(path, 'r');
  try {
    for (let done = 0; done < length; ) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, length - done));
      const { bytesRead } = await file.read(piece, 0, piece.length, start + done);
      if (bytesRead === 0) throw changed(path);
      done += bytesRead;
      yield piece.subarray(0, bytesRead);
      onRead(done);
    }
  } finally {
    await file.close();
  }
}

export function changed(path: string): MdfeError {
  return new MdfeError({
    code: 'drive/changed',
    what: 'the file was changed while it was uploaded',
    where: path,
    todo: 'wait until it is complete and upload it again',
  });
}
