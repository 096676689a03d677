import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeNpy } from './npy.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mdfe-npy-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each([
  [[2, 3], "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"],
  [[6], "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }"],
])('%j', async (shape, description) => {
  const path = join(dir, 'x.npy');
  const data = Float32Array.of(1, -2, 3.5, 0, 1e-30, Number.NaN);
  await writeNpy(path, shape, data);
  const bytes = await readFile(path);
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = bytes.subarray(10, start).toString();
  expect(header.trimEnd()).toBe(description);
  expect(header.endsWith('\n')).toBe(true);
  expect(new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer)).toEqual(data);
});

test('refuses a shape that does not fit', async () => {
  await expect(writeNpy(join(dir, 'y.npy'), [2, 2], new Float32Array(3))).rejects.toThrow(/^internal: /);
});
