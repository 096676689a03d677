import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { classSizes, writeClassSizes } from './class-sizes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-sizes-'));
});
afterEach(() => rm(folder, { recursive: true }));

const counts = Int32Array.of(3, 1, 2);
const config = (head: string, file: string) =>
  parseConfig(`MODEL: {HEAD: {name: ${head}}}\nDATASET: {cls_dist_file: "${file}"}\n`, 'probe.yaml').config!;

it('counts the data and writes the file where there is none', async () => {
  const file = join(folder, 'new', 'counts.csv');
  const sizes = await classSizes(config('DynM-ArcFace', file), counts);
  expect(sizes).toMatchObject({ counts, missing: file });
  expect(existsSync(file)).toBe(false);
  expect(await writeClassSizes(file, counts)).toBeUndefined();
  expect(await readFile(file, 'utf8')).toBe('label,count\n0,3\n1,1\n2,2\n');
});

it('takes the sizes from the file, and says where the data differs', async () => {
  const file = join(folder, 'counts.csv');
  await writeFile(file, 'label,count\n0,30\n1,1\n2,20\n');
  const sizes = await classSizes(config('DynM-ArcFace', file), counts);
  expect([...sizes.counts]).toEqual([30, 1, 20]);
  expect(sizes.missing).toBeUndefined();
  expect(sizes.notes.join()).toMatch(/in 2 classes/);
});

it('refuses the file of other data', async () => {
  const file = join(folder, 'counts.csv');
  await writeFile(file, 'label,count\n0,30\n');
  await expect(classSizes(config('DynM-ArcFace', file), counts)).rejects.toMatchObject({
    code: 'data/class-distribution',
  });
});

it('leaves the file to DynM-ArcFace', async () => {
  const sizes = await classSizes(config('ArcFace', join(folder, 'counts.csv')), counts);
  expect(sizes).toEqual({ counts, notes: [] });
});

it('says what keeps it from writing', async () => {
  await writeFile(join(folder, 'taken'), '');
  expect(await writeClassSizes(join(folder, 'taken', 'counts.csv'), counts)).toMatch(/could not be written/);
});
