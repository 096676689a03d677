import { resolve } from 'node:path';
import { packageFile } from '../src/common/dist.ts';

/** Folder of golden values: `MDFE_GOLDEN`, or the copy beside this file. */
export const GOLDEN = resolve(process.env.MDFE_GOLDEN ?? packageFile('test/golden'));
