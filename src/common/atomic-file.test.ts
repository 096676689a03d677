import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { explainWriteError, removePartials, writeAtomically } from './atomic-file.ts';
import { MdfeError } from './errors.ts';

test('replaces a file whole', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'a.txt');
  writeFileSync(path, 'old');
  await writeAtomically(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(dir)).toEqual(['a.txt']);
});

test('a failure half-way leaves the old file and nothing beside it', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'a.txt');
  writeFileSync(path, 'old');
  const failing = writeAtomically(path, async (file) => {
    await file.writeFile('half');
    throw new Error('half-way');
  });
  await expect(failing).rejects.toThrow('half-way');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['a.txt']);
});

test('what a killed process left of a file is removed, what a living one writes is not', async () => {
  const dir = temporaryFolder();
  const path = join(dir, 'a.pt');
  const living = `a.pt.${process.ppid}-00c0ffee.partial`;
  const dead = `a.pt.${2 ** 22 + 1}-00c0ffee.partial`;
  const others = ['a.pt', 'a.pt.manifest.json', `b.pt.${2 ** 22 + 1}-00c0ffee.partial`, living];
  for (const name of [...others, dead]) writeFileSync(join(dir, name), '');
  await removePartials(path);
  expect(readdirSync(dir).sort()).toEqual(others.sort());
});

test.each([
  ['ENOSPC', 'disk/full'],
  ['EDQUOT', 'disk/full'],
  ['EFBIG', 'disk/file-too-large'],
  ['EACCES', 'disk/not-writable'],
  ['EROFS', 'disk/not-writable'],
])('%s is explained', (code, ours) => {
  const error = explainWriteError(Object.assign(new Error(code), { code }), '/x/y');
  expect(error).toBeInstanceOf(MdfeError);
  expect((error as MdfeError).code).toBe(ours);
  expect((error as MdfeError).message).toContain('/x/y');
});

test('other errors stay what they are', () => {
  const error = new Error('x');
  expect(explainWriteError(error, '/x')).toBe(error);
});
