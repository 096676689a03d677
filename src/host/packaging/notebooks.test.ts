import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNotebooks } from './notebooks.ts';

let root: string;
const run = () => join(root, 'results', 'run');
const zeroShot = () => join(root, 'results', 'zero_shot_models');

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mdfe-notebooks-'));
  const files = [
    join(run(), 'packages', 'epoch2', 'submission-run_epoch2.ipynb'),
    join(run(), 'packages', 'best', 'submission-run_best.ipynb'),
    join(zeroShot(), 'base-kaggle', 'submission-base.ipynb'),
    join(run(), 'packages', 'best', 'analysis.ipynb'),
  ];
  for (const [i, file] of files.entries()) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{}');
    utimesSync(file, 1000 + i, 1000 + i);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

test('notebooks of runs and of zero-shot models, newest first', () => {
  const names = (...folders: readonly string[]) => findNotebooks(folders).map(({ name }) => name);
  expect(names(run())).toEqual(['run_best', 'run_epoch2']);
  expect(names(run(), zeroShot())).toEqual(['base', 'run_best', 'run_epoch2']);
  expect(names(join(run(), 'packages', 'epoch2'))).toEqual(['run_epoch2']);
  expect(names(join(root, 'nowhere'))).toEqual([]);
});

test('the folder is that for pushing', () => {
  expect(findNotebooks([zeroShot()])).toMatchObject([{ kernelDir: join(zeroShot(), 'base-kaggle') }]);
});
