import { OWN_MODELS } from '../models/own-models.ts';
import { allModels, type ModelInfo, suggest } from '../models/registry.ts';
import type { ModelFacts, ModelRegistry } from './registries.ts';

const FACTS: ReadonlyMap<string, ModelFacts> = new Map(
  [...allModels(), ...OWN_MODELS].map((m) => [m.name, modelFacts(m)]),
);

/** The registry of published models and our own ones, as the checks and the editor ask for them. */
export const knownModels: ModelRegistry = {
  find: (name) => FACTS.get(name),
  ofType: (type) => [...FACTS.values()].filter((m) => m.types.includes(type)),
  suggest,
};

/** The same with models of the user's own folders, by their names `local-dir:PATH`. */
export function withLocalModels(local: ReadonlyMap<string, ModelFacts> = new Map()): ModelRegistry {
  return { ...knownModels, find: (name) => local.get(name) ?? knownModels.find(name) };
}

/** @param model without `params` where they are not known */
export function modelFacts({
  params,
  ...model
}: Omit<ModelInfo, 'params'> & Partial<Pick<ModelInfo, 'params'>>): ModelFacts {
  const patch = model.args.patch_size;
  const licence = model.tags.find((t) => t.tag === model.defaultTag)?.license;
  return {
    name: model.name,
    types: model.types,
    width: model.width.plain,
    projectedWidth: model.width.projected,
    ...(params !== undefined && { parameters: params }),
    imageSize: model.imageSize,
    tags: model.tags.map((t) => t.tag),
    weights: new Map(
      model.tags.map(({ tag, hubId, license }) => [
        tag,
        { ...(hubId !== null && { hubId }), ...(license !== null && { licence: license }) },
      ]),
    ),
    ...(typeof patch === 'number' && { patchSize: patch }),
    ...(model.defaultTag !== null && { defaultTag: model.defaultTag }),
    ...(licence && { licence }),
  };
}
