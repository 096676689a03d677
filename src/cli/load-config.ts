import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { formatBytes } from '../common/bytes.ts';
import { counted } from '../common/counted.ts';
import { isSystemError, knownError, type MdfeError, usageError } from '../common/errors.ts';
import { formatProblems } from '../config/format-problems.ts';
import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import type { Config } from '../config/schema/index.ts';
import { knownDatasets } from '../data/datasets/index.ts';

/** Larger files are not even read; parseConfig has a closer limit, with a place. */
const MOST_BYTES = 16 * 2 ** 20;

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
  let bytes: Buffer;
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw folderInstead(path);
    const { size } = stats;
    if (size > MOST_BYTES) throw notText(path, `${formatBytes(size)}: too large to be a configuration`);
    bytes = await readFile(path);
  } catch (error) {
    const known = knownError(error);
    if (!known) throw error;
    const missing = isSystemError(error, 'ENOENT');
    const what = missing ? 'there is no such configuration file' : known.details.what;
    throw usageError({ ...known.details, what, expected: 'a YAML file, e.g. configs/demo.yaml' });
  }
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  throw notText(path, utf16 ? 'UTF-16' : 'bytes that are no UTF-8 text');
}

function folderInstead(path: string): MdfeError {
  return usageError({
    code: 'config/is-a-folder',
    what: 'this is a folder, not a configuration',
    where: path,
    expected: 'a YAML file, e.g. configs/demo.yaml',
    todo: 'name the configuration first, then the data folder',
  });
}

function notText(path: string, got: string): MdfeError {
  return usageError({
    code: 'config/not-text',
    what: 'this is not a text file that could be a configuration',
    where: path,
    expected: 'YAML in UTF-8, e.g. configs/demo.yaml',
    got,
    todo: 'check the path, or save the file again with the encoding UTF-8',
  });
}
