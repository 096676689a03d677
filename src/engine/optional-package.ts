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
  throw new EngineUnavailable(`the package ${name} is not installed`, `npm install ${name}@4.22`);
}
