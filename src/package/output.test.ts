import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareOutput } from './output.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-output-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const coded = (code: string) => expect.objectContaining({ code });

test('a folder is made, where it is not there', async () => {
  await prepareOutput(join(dir, 'a', 'b'), { files: [], bytes: 1, force: false });
  expect(readdirSync(join(dir, 'a'))).toEqual(['b']);
});

test('files that are there are not replaced, unless that is asked for', async () => {
  const file = join(dir, 'model.pt');
  writeFileSync(file, 'mine');
  const request = { files: [file, join(dir, 'other')], bytes: 1 };
  await expect(prepareOutput(dir, { ...request, force: false })).rejects.toThrow(coded('package/exists'));
  await expect(prepareOutput(dir, { ...request, force: false })).rejects.toMatchObject({
    details: { where: dir, got: 'model.pt' },
  });
  await prepareOutput(dir, { ...request, force: true });
});

test('what the disk has no room for is not begun', async () => {
  const request = { files: [], bytes: Number.MAX_SAFE_INTEGER, force: false };
  await expect(prepareOutput(dir, request)).rejects.toThrow(coded('disk/full'));
});

test('a file in the place of the folder is named', async () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  await expect(prepareOutput(join(file, 'below'), { files: [], bytes: 1, force: false })).rejects.toThrow(
    coded('package/not-a-folder'),
  );
});
