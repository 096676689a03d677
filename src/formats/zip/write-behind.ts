import type { FileHandle } from 'node:fs/promises';

/** Bytes after which the system is asked to put on the disk what it holds so far. */
const SYNC_BYTES = 64 << 20;

/**
 * Writes one piece while the next is made, and lets the disk work meanwhile, which else has everything to do when the
 * file is synced at the end.
 */
export class WriteBehind {
  private readonly file: FileHandle;
  private writing: Promise<void> = Promise.resolve();
  private syncing: Promise<void> = Promise.resolve();
  private unsynced = 0;

  constructor(file: FileHandle) {
    this.file = file;
  }

  /**
   * Returns when the piece before is written; `bytes` must stay as they are until the next call has returned.
   *
   * @throws what went wrong with an earlier piece
   */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.writing;
    this.writing = later(this.put(bytes, position));
  }

  /** Returns when all is written. */
  async end(): Promise<void> {
    await this.writing;
    await this.syncing;
  }

  private async put(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const length = Math.min(bytes.length - done, 1 << 30);
      done += (await this.file.write(bytes, done, length, position + done)).bytesWritten;
    }
    this.unsynced += done;
    if (this.unsynced < SYNC_BYTES) return;
    await this.syncing;
    this.unsynced = 0;
    this.syncing = later(this.file.datasync());
  }
}

/** A failure is thrown where the promise is awaited, not at once, when nobody waits yet. */
function later(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
