import { MdfeError } from '../../../common/errors.ts';
import { modelFacts } from '../../../config/known-models.ts';
import type { ModelFacts } from '../../../config/registries.ts';
import { openSafetensors } from '../../../formats/safetensors.ts';
import { findLocalWeights, localDirOf, readLocalModel } from '../../../hub/index.ts';

/** Facts of the user's own models by their names `local-dir:PATH`; without those that cannot be read. */
export async function lookUpLocalModels(
  names: readonly string[],
  workspace: string,
): Promise<Map<string, ModelFacts>> {
  const found = new Map<string, ModelFacts>();
  for (const name of names) {
    const dir = localDirOf(name, workspace);
    const facts = dir === undefined ? undefined : await lookUp(name, dir);
    if (facts) found.set(name, facts);
  }
  return found;
}

async function lookUp(name: string, dir: string): Promise<ModelFacts | undefined> {
  try {
    const { params: _ofItsArchitecture, ...model } = await readLocalModel(dir);
    const parameters = await countParameters(dir);
    return modelFacts({ ...model, name, ...(parameters !== undefined && { params: parameters }) });
  } catch (error) {
    if (error instanceof MdfeError) return undefined; // training says why
    throw error;
  }
}

/** Numbers in the weights, by their header; undefined where only all of the file would tell. */
async function countParameters(dir: string): Promise<number | undefined> {
  const path = await findLocalWeights(dir);
  if (!/\.safetensors(\.index\.json)?$/.test(path)) return undefined;
  const { tensors } = await openSafetensors(path);
  let count = 0;
  for (const { shape } of tensors.values()) count += shape.reduce((n, size) => n * size, 1);
  return count;
}
