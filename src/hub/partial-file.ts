import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainWriteError } from '../common/atomic-file.ts';
import { isSystemError } from '../common/errors.ts';
import { diskFull } from './errors.ts';

const CHUNK_BYTES = 4 << 20;

/** A blob while it is downloaded: `ETAG.incomplete` beside its place, hashed as it grows. */
export class PartialFile {
  private readonly file: FileHandle;
  private readonly path: string;
  /** Bytes of the whole file. */
  private readonly size: number | undefined;
  private hash: Hash = createHash('sha256');
  private length = 0;

  private constructor(file: FileHandle, path: string, size: number | undefined) {
    this.file = file;
    this.path = path;
    this.size = size;
  }

  /** Opens what an earlier download left, if anything, and hashes it. */
  static async open(blob: string, size: number | undefined): Promise<PartialFile> {
    const path = `${blob}.incomplete`;
    // Not 'a+': appending ignores positions.
    const file = await open(path, 'r+').catch((error: unknown) => {
      if (isSystemError(error, 'ENOENT')) return open(path, 'w+');
      throw error;
    });
    const partial = new PartialFile(file, path, size);
    try {
      await partial.hashExisting();
    } catch (error) {
      await file.close();
      throw error;
    }
    return partial;
  }

  /** Bytes that are there. */
  get bytes(): number {
    return this.length;
  }

  async append(chunk: Uint8Array): Promise<void> {
    let done = 0;
    try {
      while (done < chunk.length)
        done += (await this.file.write(chunk, done, chunk.length - done, this.length + done)).bytesWritten;
    } catch (error) {
      if (isSystemError(error, 'ENOSPC') || isSystemError(error, 'EDQUOT'))
        throw diskFull(dirname(this.path), (this.size ?? this.length) - this.length, 0);
      throw explainWriteError(error, this.path);
    }
    this.hash.update(chunk);
    this.length += chunk.length;
  }

  /** Forgets what is there, to begin anew. */
  async restart(): Promise<void> {
    await this.file.truncate(0);
    this.hash = createHash('sha256');
    this.length = 0;
  }

  /** Refuses a download that the disk has no room for, before it starts. */
  async checkSpace(): Promise<void> {
    if (this.size === undefined) return;
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (this.size - this.length > bavail * bsize)
      throw diskFull(dirname(this.path), this.size - this.length, bavail * bsize);
  }

  /** sha256 of what is there, hexadecimal. */
  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Moves the complete file to its place. */
  async publish(blob: string): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.path, blob);
  }

  /** Keeps the file for a later download to continue. */
  async keep(): Promise<void> {
    await this.file.close();
  }

  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }

  private async hashExisting(): Promise<void> {
    const { size } = await this.file.stat();
    if (this.size !== undefined && size > this.size) return this.restart();
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size));
    while (this.length < size) {
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, this.length);
      if (bytesRead === 0) break;
      this.hash.update(chunk.subarray(0, bytesRead));
      this.length += bytesRead;
    }
  }
}
