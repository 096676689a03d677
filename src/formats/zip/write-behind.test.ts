import type { FileHandle } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { WriteBehind } from './write-behind.ts';

/** A file that takes so many bytes and is full then; writes end when the test says so. */
function fakeFile(room: number) {
  const written: number[] = [];
  const calls: (() => void)[] = [];
  let synced = 0;
  const file = {
    write: (_bytes: Uint8Array, _offset: number, length: number, position: number) =>
      new Promise((resolve, reject) => {
        calls.push(() => {
          if (position + length > room) return reject(new Error('the disk is full'));
          written.push(position);
          resolve({ bytesWritten: length });
        });
      }),
    datasync: async () => {
      synced++;
    },
  } as unknown as FileHandle;
  return { file, written, synced: () => synced, next: () => calls.shift()!() };
}

it('returns while a piece is being written, and waits for it before the next', async () => {
  const { file, written, next } = fakeFile(100);
  const out = new WriteBehind(file);
  await out.write(new Uint8Array(4), 0);
  const second = out.write(new Uint8Array(4), 4);
  expect(written).toEqual([]);
  next();
  await second;
  expect(written).toEqual([0]);
  const end = out.end();
  next();
  await end;
  expect(written).toEqual([0, 4]);
});

it('throws what went wrong with the piece before, and does so at the end', async () => {
  const { file, next } = fakeFile(4);
  const out = new WriteBehind(file);
  await out.write(new Uint8Array(8), 0);
  next();
  await expect(out.write(new Uint8Array(8), 8)).rejects.toThrow('full');
  await expect(out.end()).rejects.toThrow('full');
});

it('lets the disk work before the end', async () => {
  const { file, next, synced } = fakeFile(1 << 30);
  const out = new WriteBehind(file);
  const piece = new Uint8Array(16 << 20);
  for (let i = 0; i < 4; i++) {
    await out.write(piece, i * piece.length);
    next();
  }
  await out.end();
  expect(synced()).toBe(1);
});
