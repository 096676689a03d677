import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TextPool } from '../common/text-pool.ts';
import { LoadingStore } from './loading-store.ts';
import { MemoryStore } from './memory-store.ts';
import { RowPlaces } from './row-places.ts';
import { indexRows } from './rows.ts';
import { listShards, readShards, writeShard } from './shard.ts';

const WIDTH = 3;
const SHARDS = 5;
const ROWS = 40;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-loading-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Numbers that float16 holds exactly. */
const numbers = (image: number) => [image, image + 0.5, -image];

/** Every `step`th of the stored images. */
async function open(dtype: 'float32' | 'float16', step = 1): Promise<LoadingStore> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const images = Array.from({ length: ROWS }, (_, row) => shard * ROWS + row);
    const rows = images.map((image) => `0\t${image}`);
    await writeShard(folder, shard, rows, Float32Array.from(images.flatMap(numbers)), WIDTH, dtype);
  }
  const keys = new TextPool();
  for (let image = 0; image < SHARDS * ROWS; image += step) keys.push(String(image));
  const { shards, shard, row } = await indexRows(readShards((await listShards(folder)).paths), keys, 1);
  const places = { count: keys.length, views: 1, width: WIDTH, dtype, shards, shard, row };
  return new LoadingStore(new RowPlaces(places));
}

/** Rows of the store, and whether they came from memory. */
async function gathered(store: LoadingStore, rows: readonly number[]) {
  const out = new Float32Array(rows.length * WIDTH);
  const read = store.gather(Int32Array.from(rows), 0, out);
  await read;
  return { out: [...out], fromMemory: read === undefined };
}

describe('LoadingStore', () => {
  it.each([
    ['float32', 1],
    ['float16', 1],
    ['float32', 3],
    ['float16', 3],
  ] as const)(
    'gives the same %s rows from disk and, in the end, from memory (one of %i)',
    async (dtype, step) => {
      const store = await open(dtype, step);
      const rows = [0, 7, 66, 7];
      const expected = rows.flatMap((row) => numbers(row * step));
      const first = await gathered(store, rows);
      expect(first).toEqual({ out: expected, fromMemory: false });
      let last = first;
      while (!last.fromMemory) {
        last = await gathered(store, rows);
        expect(last.out).toEqual(expected);
      }
      await store.close();
    },
  );

  it('begins to load behind the first step, for which the first two batches are read', async () => {
    const load = vi.spyOn(MemoryStore, 'load');
    const store = await open('float32');
    await gathered(store, [1]);
    await gathered(store, [2]);
    expect(load).not.toHaveBeenCalled();
    await gathered(store, [3]);
    expect(load).toHaveBeenCalledOnce();
    await store.close();
    load.mockRestore();
  });

  it('says so when a file turns out shorter than it was, whatever rows are asked for', async () => {
    const store = await open('float32');
    await truncate(join(folder, 'features-000004.safetensors'), 200);
    const untilFailure = async () => {
      for (;;) await gathered(store, [0]);
    };
    await expect(untilFailure()).rejects.toThrow(/features-000004.*damaged or cut off[\s\S]*--resume/);
    await store.close();
  });

  it('says so when a file is gone', async () => {
    const store = await open('float32');
    await rm(join(folder, 'features-000002.safetensors'));
    const untilFailure = async () => {
      for (;;) await gathered(store, [0]);
    };
    await expect(untilFailure()).rejects.toThrow(/features-000002.*was removed[\s\S]*--resume/);
    await store.close();
  });

  it('can be closed at any time', async () => {
    const unused = await open('float32');
    await unused.close();
    const busy = await open('float32');
    const reading = gathered(busy, [1]);
    await busy.close();
    expect((await reading).out).toEqual(numbers(1));
  });
});
