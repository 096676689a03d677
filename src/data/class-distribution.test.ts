import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readClassDistribution, writeClassDistribution } from './class-distribution.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-dist-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is written and read by label', async () => {
  const file = join(folder, 'counts.csv');
  await writeClassDistribution(file, Int32Array.of(3, 1, 2));
  expect(await readFile(file, 'utf8')).toBe('label,count\n0,3\n1,1\n2,2\n');
  expect([...(await readClassDistribution(file, 3))]).toEqual([3, 1, 2]);
  await writeFile(file, ',label,count\n0,2,5\n1,0,7\n2,1,6\n');
  expect([...(await readClassDistribution(file, 3))]).toEqual([7, 6, 5]);
});

it.each([
  'label,count\n0,1\n',
  'label,count\n0,1\n0,1\n',
  'label,count\n0,1\n2,1\n',
  'label,count\n0,1\n1,x\n',
])('refuses %j', async (text) => {
  const file = join(folder, 'counts.csv');
  await writeFile(file, text);
  await expect(readClassDistribution(file, 2)).rejects.toMatchObject({ code: 'data/class-distribution' });
});
