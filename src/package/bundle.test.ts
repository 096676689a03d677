import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenSubject, packageSubject } from '../../test/torch/package-for-test.ts';
import { writePackage } from './bundle.ts';
import type { InferenceModel } from './model-file.ts';

let dir: string;
let model: InferenceModel;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-bundle-'));
  model = await packageSubject(await goldenSubject(0), join(dir, 'model.pt'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const write = (name: string, stopAt?: string) => {
  const stop = new AbortController();
  const output = join(dir, name);
  return writePackage({
    model,
    name: 'tiny',
    configText: 'SEED: 1\n',
    format: 'pt',
    dir: output,
    kaggleDir: output,
    force: false,
    signal: stop.signal,
    onStatus: (text) => {
      if (stopAt !== undefined && text.endsWith(stopAt)) stop.abort(new Error('stopped by the user'));
    },
  });
};

test('a package that is stopped between its files leaves none of them behind', async () => {
  await expect(write('stopped', 'tiny.zip')).rejects.toThrow('stopped by the user');
  expect(readdirSync(join(dir, 'stopped'))).toEqual([]);
});

test('a whole one stays', async () => {
  const { kaggle } = await write('whole');
  expect(readdirSync(join(dir, 'whole'))).toContain('tiny.zip');
  expect(kaggle?.zip).toBe(join(dir, 'whole', 'tiny.zip'));
});
