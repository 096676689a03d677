import { usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import type { RawArgs } from './args.ts';
import data from './backbones.json' with { type: 'json' };
import type { StructureName } from './structures.ts';
import { outputWidth } from './structures.ts';
import type { BackboneType } from './types.ts';

/** One set of published weights. */
export interface WeightsTag {
  readonly tag: string;
  /** Repository on the Hugging Face hub; null where the weights are published elsewhere only. */
  readonly hubId: string | null;
  /** Null where the publisher states none in a form that can be read. */
  readonly license: string | null;
  readonly imageSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly interpolation: string;
  /** Outputs of the classifier or projection that timm publishes with these weights; 0: none. */
  readonly numClasses: number;
  /** OpenCLIP: trained with the quick GELU; a model of the other kind runs, but worse. */
  readonly quickGelu?: boolean;
}

export interface ModelInfo {
  readonly name: string;
  /** The type that it belongs to first; `types` has all that accept it. */
  readonly type: BackboneType;
  readonly types: readonly BackboneType[];
  readonly library: 'timm' | 'open_clip';
  readonly structure: StructureName;
  readonly args: RawArgs;
  /** Width of the features without and with the published projection or classifier. */
  readonly width: { readonly plain: number; readonly projected: number };
  /** Parameters of the published vision model, projection, classifier and neck included. */
  readonly params: number;
  /** Side of the square input, pixels. */
  readonly imageSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly tags: readonly WeightsTag[];
  /** Null: a tag must be named (OpenCLIP), or no weights are published. */
  readonly defaultTag: string | null;
}

/** What the data file holds for one model. */
interface Entry {
  readonly types: readonly BackboneType[];
  readonly library: 'timm' | 'open_clip';
  readonly structure: StructureName;
  readonly args: RawArgs;
  readonly params: number;
  readonly imageSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly defaultTag: string | null;
  readonly tags: Readonly<Record<string, Omit<WeightsTag, 'tag'>>>;
}

const MODELS: ReadonlyMap<string, ModelInfo> = new Map(
  Object.entries(data as unknown as Readonly<Record<string, Entry>>).map(([name, entry]) => [
    name,
    {
      ...entry,
      name,
      type: entry.types[0]!,
      width: outputWidth(entry.structure, entry.args),
      tags: Object.entries(entry.tags).map(([tag, rest]) => ({ tag, ...rest })),
    },
  ]),
);

export function allModels(): readonly ModelInfo[] {
  return [...MODELS.values()];
}

export function modelsOfType(type: BackboneType): readonly ModelInfo[] {
  return allModels().filter((model) => model.types.includes(type));
}

/** A model and, where one is named or there is a default, its weights. */
export interface FoundModel {
  readonly model: ModelInfo;
  readonly weights: WeightsTag | undefined;
}

/** `name` or, for timm models, `name.tag`; undefined if there is no such model or tag. */
export function findModel(name: string): FoundModel | undefined {
  const model = MODELS.get(name);
  if (model) return { model, weights: findTag(model, model.defaultTag ?? undefined) };
  const dot = name.lastIndexOf('.');
  const base = dot > 0 ? MODELS.get(name.slice(0, dot)) : undefined;
  if (base?.library !== 'timm') return undefined;
  const weights = findTag(base, name.slice(dot + 1));
  return weights && { model: base, weights };
}

export function findTag(model: ModelInfo, tag: string | undefined): WeightsTag | undefined {
  return model.tags.find((t) => t.tag === tag);
}

/** The registered name, of that type if one is given, that looks most like this one. */
export function suggest(name: string, type?: BackboneType): string | undefined {
  const models = type ? modelsOfType(type) : allModels();
  const names = models.flatMap((m) => [
    m.name,
    ...(m.library === 'timm' ? m.tags.map((t) => `${m.name}.${t.tag}`) : []),
  ]);
  return nearest(name, names);
}

/** `findModel`, or an error that names the nearest model. @param where the name stands */
export function requireModel(
  name: string,
  type?: BackboneType,
  where = 'MODEL.BACKBONE.model_name',
): FoundModel {
  const found = findModel(name);
  if (found && (!type || found.model.types.includes(type))) return found;
  const guess = suggest(name, type);
  throw usageError({
    code: 'model/unknown',
    what: found ? `${name} is not a ${type} model` : 'there is no such model',
    where,
    expected: guess
      ? `for example ${guess}`
      : `a model that \`mdfe models${type ? ` --type ${type}` : ''}\` lists`,
    got: name,
    todo: found
      ? `set MODEL.BACKBONE.type to ${found.model.type}, or choose a ${type} model`
      : 'correct the name',
  });
}

/**
 * Side of the square that a model sees, pixels: dinov2 and sam follow TRANSFORM.size, the others have the size
 * of their published preprocessing.
 */
export function inputSize({ model, weights }: FoundModel, transformSize: number): number {
  return model.type === 'dinov2' || model.type === 'sam'
    ? transformSize
    : (weights?.imageSize ?? model.imageSize);
}
