import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadDatasets } from './load.ts';

let root: string;
let csv: string;
const index = () => join(root, 'cache', 'annotations');
/** More than what is worth an index. */
const text = (label: string) =>
  `img_path,img_id\n${Array.from({ length: 12_000 }, (_, i) => `folder-${'x'.repeat(400)}/é${i}.jpg,${label}${i % 700}`).join('\n')}\n,5\n`;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-index-'));
  csv = join(root, 'rp2k', 'train.csv');
  await mkdir(join(root, 'rp2k'));
  await writeFile(csv, text('1'));
  later(10_000);
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(root, { recursive: true, force: true });
});

/** Time stamps are trusted only some time after them. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}
async function load() {
  const data = await loadDatasets(['rp2k'], root, { seed: 1, cacheDir: join(root, 'cache') });
  return {
    samples: JSON.stringify([...data]),
    length: data.length,
    names: data.classNames,
    notes: data.perSet[0]!.notes,
  };
}

it('gives the same rows from the index', async () => {
  const first = await load();
  expect(await readdir(index())).toHaveLength(1);
  const { atimeMs, mtimeMs } = await stat(csv);
  expect(first.length).toBe(12_000);
  expect(first.notes).toEqual(['rp2k: 1 line without image or label left out']);
  expect(await load()).toEqual(first);
  expect(await stat(csv)).toMatchObject({ atimeMs, mtimeMs }); // it was not opened
});

it('is never stale: other content of the same size with the old modification time', async () => {
  await load();
  const { atime, mtime, size } = await stat(csv);
  await writeFile(csv, text('2'));
  await utimes(csv, atime, mtime);
  expect((await stat(csv)).size).toBe(size);
  const { names } = await load();
  expect(names[0]).toBe('20');
  expect(await readdir(index())).toHaveLength(1); // the old one is replaced
});

it('keeps nothing about a file that has just changed', async () => {
  await writeFile(csv, text('3'));
  vi.setSystemTime((await stat(csv)).ctimeMs + 1_900);
  await load();
  await expect(readdir(index())).rejects.toThrow(/ENOENT/);
});

it('reads the file where the index is damaged, and mends it', async () => {
  const first = await load();
  const path = join(index(), (await readdir(index()))[0]!);
  const whole = await readFile(path);
  for (const damage of [() => truncate(path, whole.length - 9), () => writeFile(path, 'x')]) {
    await damage();
    expect(await load()).toEqual(first);
    expect((await readFile(path)).equals(whole)).toBe(true);
  }
});

it('says when the index cannot be kept', async () => {
  await writeFile(join(root, 'cache'), 'a file where the folder should be');
  expect((await load()).notes[0]).toMatch(/^rp2k: the annotation file will be read again next time: .*cache/);
});
