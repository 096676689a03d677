import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageFile } from '../src/common/dist.ts';

/** Folder of golden values: `MDFE_GOLDEN`, or the copy beside this file. */
export const GOLDEN = resolve(process.env.MDFE_GOLDEN || packageFile('test/golden'));

/** Our own, for what the published set does not hold (see its README). */
export const EXTRA = packageFile('test/golden-extra');

/** The list of cases in a folder of golden values, each case with the root that it was read from. */
export const readCases = <T>(
  root: string,
  folder: string,
  file = 'cases.json',
): (T & { readonly root: string })[] =>
  JSON.parse(readFileSync(join(root, folder, file), 'utf8')).map((c: T) => ({ ...c, root }));
