import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TextPool } from '../common/text-pool.ts';
import { indexRows } from './rows.ts';
import { listShards, readShards, writeShard } from './shard.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mdfe-rows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One shard after another; a row is `view:key`. */
async function store(...shards: readonly string[][]): Promise<void> {
  for (const [number, rows] of shards.entries()) {
    const lines = rows.map((row) => row.replace(':', '\t'));
    await writeShard(folder, number, lines, new Float32Array(rows.length), 1, 'float32');
  }
}

/** `shard.row` of each image and view, `-` where there is none. */
async function places(keys: readonly string[], views = 1) {
  const pool = new TextPool();
  for (const key of keys) pool.push(key);
  const { paths } = await listShards(folder);
  const { shard, row, alias, complete } = await indexRows(readShards(paths), pool, views);
  const place = (i: number) => (shard[i] === -1 ? '-' : `${shard[i]}.${row[i]}`);
  return { places: Array.from(shard, (_, i) => place(i)).join(' '), alias: [...alias], complete };
}

describe('indexRows', () => {
  it('finds rows in the order of the images, in another one, and in part', async () => {
    await store(['0:a', '0:b'], ['0:c', '0:d']);
    expect(await places(['a', 'b', 'c', 'd'])).toEqual({
      places: '0.0 0.1 1.0 1.1',
      alias: [0, 1, 2, 3],
      complete: true,
    });
    expect((await places(['d', 'b', 'a', 'c'])).places).toBe('1.1 0.1 0.0 1.0');
    expect((await places(['b', 'x', 'd'])).places).toBe('0.1 - 1.1');
    expect((await places(['', 'c', ''])).places).toBe('- 1.0 -');
  });

  it('tells views apart', async () => {
    await store(['0:a', '1:a', '0:b', '1:b', '2:b']);
    expect((await places(['a', 'b'], 2)).places).toBe('0.0 0.1 0.2 0.3');
    expect((await places(['a', 'b'], 3)).places).toBe('0.0 0.1 - 0.2 0.3 0.4');
  });

  it('knows an image that is listed twice by its first place, wherever its row was found', async () => {
    await store(['0:b', '0:a']);
    const { places: found, alias, complete } = await places(['a', 'b', 'a', 'c', 'c']);
    expect(complete).toBe(false);
    expect(alias).toEqual([0, 1, 0, 3, 3]);
    expect(found.startsWith('0.1 0.0 ')).toBe(true);
    expect(found.endsWith(' - -')).toBe(true);
  });

  it('takes the newest of several rows', async () => {
    await store(['0:a'], ['0:a']);
    expect((await places(['a'])).places).toBe('1.0');
  });

  it('tells keys apart that begin or end alike, in any script', async () => {
    await store(['0:ab', '0:b', '0:ä/ö.jpg', '0:ä/ö.jpgx']);
    expect((await places(['a', 'ab', 'b', 'ä/ö.jpgx', 'ä/ö.jpg'])).places).toBe('- 0.0 0.1 0.3 0.2');
  });

  it('reads many shards in order', async () => {
    const keys = Array.from({ length: 80 }, (_, i) => `image ${i}`);
    await store(...keys.map((key) => [`0:${key}`]));
    expect((await places(keys)).places).toBe(keys.map((_, i) => `${i}.0`).join(' '));
  });

  it('refuses a shard whose rows are damaged', async () => {
    const broken = (error: unknown) => (error as { code: string }).code === 'features/broken-shard';
    for (const lines of [['0\ta', '0\tb\n0\tc'], ['-1\ta'], ['\u0000\ta'], ['a'], ['0']]) {
      await writeShard(folder, 0, lines, new Float32Array(lines.length), 1, 'float32');
      await expect(places(['a', 'b'])).rejects.toSatisfy(broken);
    }
  });
});
