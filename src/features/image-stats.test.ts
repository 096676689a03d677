import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextPool } from '../common/text-pool.ts';
import { readImageKeys } from './image-stats.ts';

const COUNT = 3000; // looked up in threads
let root: string;
const path = (i: number) => `${i % 7}/${i}.jpg`;
const list = (keys: TextPool) => Array.from({ length: keys.length }, (_, i) => keys.get(i));
const images = (length: number) => ({ root, length, image: path });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-keys-'));
  for (let folder = 0; folder < 7; folder++) mkdirSync(join(root, String(folder)));
  for (let i = 0; i < COUNT; i++) if (i !== 2500) writeFileSync(join(root, path(i)), 'x'.repeat(i % 3));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('readImageKeys', () => {
  it('names size, time and path of each file, in threads as without', async () => {
    const told: number[] = [];
    const { keys, missing } = await readImageKeys(images(COUNT), (done) => told.push(done), undefined);
    expect(keys.get(1)).toBe(`1 ${statSync(join(root, path(1))).mtimeMs} 1/1.jpg`);
    expect(missing).toEqual([
      { index: 2500, image: path(2500), code: 'image/missing', reason: 'image not found' },
    ]);
    expect(keys.get(2500)).toBe('');
    expect(told.at(-1)).toBe(COUNT);
    const few = await readImageKeys(images(100), () => {}, undefined);
    expect(list(few.keys)).toEqual(list(keys).slice(0, 100));
  });

  it('gives a changed file another key', async () => {
    const before = await readImageKeys(images(COUNT), () => {}, undefined);
    utimesSync(join(root, path(2000)), 1, 1);
    const { keys } = await readImageKeys(images(COUNT), () => {}, undefined);
    expect(list(keys).flatMap((key, i) => (key === before.keys.get(i) ? [] : [i]))).toEqual([2000]);
  });

  it('escapes what would break a line, and takes a file in the place of a folder as missing', async () => {
    writeFileSync(join(root, 'a\nb'), '');
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    const names = ['a\nb', '0/0.jpg/x.jpg', 'loop'];
    const { keys, missing } = await readImageKeys(
      { root, length: 3, image: (i: number) => names[i]! },
      () => {},
      undefined,
    );
    expect(keys.get(0)).toMatch(/ a\\nb$/);
    expect(missing.map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'image not found'],
      [2, 'this symbolic link leads to itself'],
    ]);
  });

  it('ends when it is told to', async () => {
    const aborted = AbortSignal.abort('enough');
    await expect(readImageKeys(images(COUNT), () => {}, aborted)).rejects.toBe('enough');
  });
});
