import { existsSync, readFileSync } from 'node:fs';
import { MdfeError } from '../common/errors.ts';
import { parseConfig } from '../config/parse.ts';
import type { Config } from '../config/schema/index.ts';
import { runFile } from '../run/paths.ts';

/** The resolved configuration is what ran; `config.yaml` may read differently with another version's defaults. */
export function readResolvedConfig(dir: string): Config {
  const path = runFile(dir, 'resolved');
  if (!existsSync(path))
    throw new MdfeError({
      code: 'run/incomplete',
      what: 'the run has no resolved.yaml',
      where: path,
      todo: 'train again',
    });
  const { config, problems } = parseConfig(readFileSync(path, 'utf8'), path);
  if (config) return config;
  throw new MdfeError({
    code: 'run/damaged-config',
    what: 'the resolved configuration of this run cannot be read',
    where: path,
    got: problems.map((p) => p.message).join('; '),
    todo: 'restore the file, or train again',
  });
}
