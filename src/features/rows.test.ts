import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexRows } from './rows.ts';
import { writeShard } from './shard.ts';

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
  const { shard, row, alias } = await indexRows(folder, keys, views);
  const place = (i: number) => (shard[i] === -1 ? '-' : `${shard[i]}.${row[i]}`);
  return { places: Array.from(shard, (_, i) => place(i)).join(' '), alias: [...alias] };
}

describe('indexRows', () => {
  it('finds rows in the order of the images, in another one, and in part', async () => {
    await store(['0:a', '0:b'], ['0:c', '0:d']);
    expect(await places(['a', 'b', 'c', 'd'])).toEqual({ places: '0.0 0.1 1.0 1.1', alias: [0, 1, 2, 3] });
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
    const { places: found, alias } = await places(['a', 'b', 'a', 'c', 'c']);
    expect(alias).toEqual([0, 1, 0, 3, 3]);
    expect(found.startsWith('0.1 0.0 ')).toBe(true);
    expect(found.endsWith(' - -')).toBe(true);
  });

  it('takes the newest of several rows', async () => {
    await store(['0:a'], ['0:a']);
    expect((await places(['a'])).places).toBe('1.0');
  });
});
