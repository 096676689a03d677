import { join } from 'node:path';
import { MdfeError, usageError } from '../common/errors.ts';
import { readLocalModel } from '../hub/index.ts';
import type { ModelInfo } from '../models/registry.ts';
import type { BackboneType } from '../models/types.ts';

/** The model in a folder, which must be of the configured type. */
export async function localModelOf(dir: string, type: BackboneType): Promise<ModelInfo> {
  const model = await readLocalModel(dir);
  if (model.types.includes(type)) return model;
  throw usageError({
    code: 'model/local-type',
    what: `the architecture in ${dir} is not of the type ${type}`,
    where: 'MODEL.BACKBONE.type',
    expected: model.types.join(' or '),
    got: type,
    todo: `set MODEL.BACKBONE.type to ${model.type}`,
  });
}

/** Builds its network; arguments that the architecture does not take stand in the model's config.json. */
export function aboutLocalModel<R>(dir: string, build: () => R): R {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof MdfeError) || !/^model\/(unknown|wrong)-argument$/.test(error.code)) throw error;
    throw new MdfeError({ ...error.details, where: join(dir, 'config.json') }, error.exitCode);
  }
}
