import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isSystemError } from '../common/errors.ts';
import { EngineUnavailable } from './names.ts';

/**
 * File of a package that nobody has to have (an optional peer), looked for beside us and in the working directory.
 * @throws EngineUnavailable where it is not installed
 */
export function requireOptional(name: string): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(name);
    } catch (error) {
      if (!isSystemError(error, 'MODULE_NOT_FOUND')) throw error;
    }
  }
  // Its install script fetches the native library, which this repository's .npmrc would forbid.
  const install = `npm install --no-save --ignore-scripts=false ${name}@4.22`;
  throw new EngineUnavailable(
    `the package ${name} is not installed`,
    name.endsWith('-gpu') ? `${install} (with the NVIDIA driver, CUDA 11.2 and cuDNN 8.1)` : install,
  );
}
