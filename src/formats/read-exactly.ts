import type { FileHandle } from 'node:fs/promises';

const MOST_AT_ONCE = 1 << 30; // bytes: one system call reads at most 2 GiB

/**
 * Fills `target` from `position` of a file.
 *
 * @param tooShort makes the error for a file that ends early, of the bytes it should have and has
 */
export async function readExactly(
  file: FileHandle,
  target: Uint8Array,
  position: number,
  tooShort: (expected: number, got: number) => Error,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const wanted = Math.min(target.length - done, MOST_AT_ONCE);
    const { bytesRead } = await file.read(target, done, wanted, position + done);
    if (bytesRead === 0) throw tooShort(position + target.length, position + done);
    done += bytesRead;
  }
}
