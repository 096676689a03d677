import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { packageFile } from '../common/dist.ts';
import { isSystemError, MdfeError } from '../common/errors.ts';
import { isFile } from '../common/file-kind.ts';
import { localModel } from '../models/local-model.ts';
import type { ModelInfo } from '../models/registry.ts';

/** Puts a model's folder in place of its name: `local-dir:PATH`. */
const PREFIX = 'local-dir:';

/** In timm's own order of preference. */
const CANDIDATES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.pth',
];

/**
 * The PATH of a model name `local-dir:PATH`, else undefined. A relative one counts from the working directory and, where
 * there is no such folder, from MDFE's own: so the models that come with it are found from everywhere.
 * @param base another working directory, such as that of a trainer to be started
 */
export function localDirOf(modelName: string, base?: string): string | undefined {
  if (!modelName.startsWith(PREFIX)) return undefined;
  const named = modelName.slice(PREFIX.length);
  const path = base === undefined ? named : resolve(base, named);
  if (isAbsolute(path) || existsSync(resolve(path))) return path;
  const own = packageFile(named);
  return existsSync(own) ? own : path;
}

/** Reads the config.json that timm writes beside a model's weights. */
export async function readLocalModel(dir: string): Promise<ModelInfo> {
  const path = join(dir, 'config.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].some((code) => isSystemError(cause, code))) throw cause;
    throw new MdfeError({
      code: 'model/local-config',
      what: 'the folder of a local model holds no config.json',
      where: dir,
      expected: 'config.json and model.safetensors, as timm.models.save_for_hf writes them',
      todo: `check the path after ${PREFIX}`,
      cause,
    });
  }
  try {
    return localModel(JSON.parse(text), path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new MdfeError({
      code: 'model/local-config',
      what: "the model's config.json is not JSON",
      where: path,
      got: cause.message,
      todo: 'write it as timm does: architecture, model_args, pretrained_cfg',
      cause,
    });
  }
}

/** The weights in such a folder. */
export async function findLocalWeights(dir: string): Promise<string> {
  for (const name of CANDIDATES) if (await isFile(join(dir, name))) return join(dir, name);
  throw new MdfeError({
    code: 'weights/none-in-folder',
    what: 'the folder of a local model holds no weights',
    where: dir,
    expected: CANDIDATES.join(', '),
    todo: `check the path after ${PREFIX}`,
  });
}
