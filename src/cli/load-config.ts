import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { counted } from '../common/counted.ts';
import { isSystemError, usageError } from '../common/errors.ts';
import { formatProblems } from '../config/format-problems.ts';
import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import type { Config } from '../config/schema/index.ts';
import { knownDatasets } from '../data/datasets/index.ts';

/** Reads a configuration; warnings go to standard error, errors end the command with exit code 2. */
export async function loadConfig(path: string): Promise<{ readonly config: Config; readonly text: string }> {
  const text = await read(path);
  const shown = relative('.', path);
  const { config, problems } = parseConfig(text, shown.startsWith('..') ? path : shown, {
    models: knownModels,
    datasets: knownDatasets,
  });
  const worth = problems.filter((p) => p.severity !== 'information');
  if (config) {
    if (worth.length > 0) console.error(formatProblems(worth, text));
    return { config, text };
  }
  const errors = problems.filter((p) => p.severity === 'error').length;
  throw usageError({
    code: 'config/invalid',
    what: `the configuration has ${counted(errors, 'error')}\n${formatProblems(worth, text)}`,
    where: path,
    todo: 'correct the places above; docs/configuration.md explains every key',
  });
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EISDIR')) throw error;
    throw usageError({
      code: 'config/missing',
      what: error.code === 'ENOENT' ? 'there is no such configuration file' : 'this is a folder, not a file',
      where: path,
      expected: 'a YAML file, e.g. configs/demo.yaml',
    });
  }
}
