import { allModels, type ModelInfo, modelsOfType, suggest } from '../models/registry.ts';
import type { ModelFacts, ModelRegistry } from './registries.ts';

const FACTS: ReadonlyMap<string, ModelFacts> = new Map(allModels().map((m) => [m.name, facts(m)]));

/** The registry of published models, as the checks and the editor ask for it. */
export const knownModels: ModelRegistry = {
  find: (name) => FACTS.get(name),
  ofType: (type) => modelsOfType(type).map((m) => FACTS.get(m.name)!),
  suggest,
};

function facts(model: ModelInfo): ModelFacts {
  const patch = model.args.patch_size;
  const licence = model.tags.find((t) => t.tag === model.defaultTag)?.license;
  return {
    name: model.name,
    types: model.types,
    width: model.width.plain,
    projectedWidth: model.width.projected,
    parameters: model.params,
    imageSize: model.imageSize,
    tags: model.tags.map((t) => t.tag),
    ...(typeof patch === 'number' && { patchSize: patch }),
    ...(model.defaultTag !== null && { defaultTag: model.defaultTag }),
    ...(licence && { licence }),
  };
}
