import { nearest } from '../../common/suggest.ts';
import { type BackboneType, isOpenClipType } from '../../models/types.ts';
import type { ModelFacts, ModelRegistry } from '../registries.ts';
import { at, type Check, type CheckInput } from './check.ts';

const TYPE = 'MODEL.BACKBONE.type';
const NAME = 'MODEL.BACKBONE.model_name';
const WEIGHTS = 'MODEL.BACKBONE.weights';

/** Families whose position embeddings are resampled to TRANSFORM.size. */
const RESIZABLE: readonly BackboneType[] = ['dinov2', 'sam'];

/** Side of the image that a model sees, pixels. */
export function inputSize(facts: ModelFacts, size: number): number {
  return isResizable(facts) ? size : facts.imageSize;
}

export function isResizable({ types }: ModelFacts): boolean {
  return types.some((type) => RESIZABLE.includes(type));
}

/** The model is known, of this family, and has the weights asked for. */
export const model: Check = (input) => {
  const { type, model_name } = input.effective.MODEL.BACKBONE;
  if (!input.models) return [];
  const { name, tag } = splitTag(model_name, isOpenClipType(type));
  const facts = input.models.find(name);
  const isLocal = isLocalModel(model_name);
  if (!facts) return isLocal ? [] : [unknown(input, input.models, name)];
  if (!isLocal && !facts.types.includes(type)) return [wrongType(input, input.models, facts)];
  return [
    ...(isLocal ? [] : weightsTag(input, facts, tag)),
    ...outputDim(input, facts),
    ...imageSize(input, facts),
    ...unusedPixels(input, facts),
  ];
};

/** A folder of the user's own: its weights have no tag, and it serves under any type. */
function isLocalModel(modelName: string): boolean {
  return modelName.startsWith('local-dir:');
}

/** A timm name with its tag: `vit_base_patch16_siglip_224.webli`. OpenCLIP's names carry none, nor do paths. */
export function splitTag(modelName: string, openClip: boolean): { name: string; tag?: string } {
  const dot = openClip || isLocalModel(modelName) ? -1 : modelName.indexOf('.');
  return dot < 0 ? { name: modelName } : { name: modelName.slice(0, dot), tag: modelName.slice(dot + 1) };
}

function unknown(input: CheckInput, models: ModelRegistry, name: string) {
  const { type } = input.effective.MODEL.BACKBONE;
  const suggestion = models.suggest(name, type) ?? models.suggest(name);
  return at(
    input,
    NAME,
    'config/model-unknown',
    `there is no model ${name}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
    {
      expected: `a model of type ${type}; \`mdfe models --type ${type}\` lists them`,
      got: name,
      related: [TYPE],
      ...(suggestion !== undefined && { suggestion }),
    },
  );
}

function wrongType(input: CheckInput, models: ModelRegistry, facts: ModelFacts) {
  const { type } = input.effective.MODEL.BACKBONE;
  const suggestion = models.suggest(facts.name, type);
  // The wrong half is the one that the author wrote.
  const path = !input.has(NAME) && input.has(TYPE) ? TYPE : NAME;
  const fits = facts.types.join(' or ');
  const replacement = path === NAME ? suggestion : facts.types[0];
  return at(input, path, 'config/model-type', `${facts.name} is a model of type ${fits}, not ${type}`, {
    expected: `a model of type ${type}, or type ${fits}`,
    got: facts.name,
    related: [NAME, TYPE],
    ...(replacement !== undefined && { suggestion: replacement }),
  });
}

function weightsTag(input: CheckInput, facts: ModelFacts, tag: string | undefined) {
  const { type } = input.effective.MODEL.BACKBONE;
  return isOpenClipType(type) ? openClipWeights(input, facts) : timmWeights(input, facts, tag);
}

function openClipWeights(input: CheckInput, facts: ModelFacts) {
  const { weights } = input.effective.MODEL.BACKBONE;
  const expected = `one of ${facts.tags.join(', ')}`;
  if (weights === '') {
    const path = input.has(WEIGHTS) ? WEIGHTS : NAME;
    const suggestion = path === WEIGHTS ? facts.tags[0] : undefined;
    return [
      at(input, path, 'config/weights-missing', `${facts.name} needs a weights tag in ${WEIGHTS}`, {
        expected,
        got: 'no tag',
        ...(suggestion !== undefined && { suggestion }),
      }),
    ];
  }
  return facts.tags.includes(weights) ? [] : [unknownTag(input, facts, weights, WEIGHTS, weights)];
}

function timmWeights(input: CheckInput, facts: ModelFacts, tag: string | undefined) {
  if (tag === undefined || facts.tags.includes(tag)) return [];
  return [unknownTag(input, facts, tag, NAME, `${facts.name}.${tag}`)];
}

function unknownTag(input: CheckInput, facts: ModelFacts, tag: string, path: string, got: string) {
  const near = nearest(tag, facts.tags);
  const suggestion = near && (path === NAME ? `${facts.name}.${near}` : near);
  return at(
    input,
    path,
    'config/weights-unknown',
    `${facts.name} has no weights ${tag}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
    {
      expected: `one of ${facts.tags.join(', ')}`,
      got,
      related: [NAME],
      ...(suggestion !== undefined && { suggestion }),
    },
  );
}

function outputDim(input: CheckInput, facts: ModelFacts) {
  const { output_dim, proj_layer } = input.effective.MODEL.BACKBONE;
  const width = proj_layer ? (facts.projectedWidth ?? facts.width) : facts.width;
  if (!input.has('MODEL.BACKBONE.output_dim') || output_dim === width) return [];
  return [
    at(
      input,
      'MODEL.BACKBONE.output_dim',
      'config/output-dim',
      `the features of ${facts.name} have ${width} numbers, which counts; output_dim ${output_dim} has no effect`,
      { expected: String(width), got: String(output_dim), suggestion: String(width), related: [NAME] },
    ),
  ];
}

function imageSize(input: CheckInput, facts: ModelFacts) {
  const { size } = input.effective.TRANSFORM;
  if (!isResizable(facts)) {
    if (!input.has('TRANSFORM.size') || size === facts.imageSize) return [];
    return [
      at(
        input,
        'TRANSFORM.size',
        'config/image-size-fixed',
        `${facts.name} sees its own ${facts.imageSize} pixels; TRANSFORM.size ${size} has no effect`,
        {
          expected: String(facts.imageSize),
          got: String(size),
          suggestion: String(facts.imageSize),
          related: [NAME],
        },
      ),
    ];
  }
  if (facts.patchSize === undefined || size >= facts.patchSize) return [];
  return [
    at(
      input,
      'TRANSFORM.size',
      'config/image-size',
      `${size} pixels are less than one patch of ${facts.name} (${facts.patchSize} pixels)`,
      {
        expected: `at least ${facts.patchSize}`,
        got: String(size),
        suggestion: String(facts.imageSize),
        related: [NAME],
      },
    ),
  ];
}

/** Pixels at the right and lower edge that the patch grid leaves out, where the author chose the size. */
function unusedPixels(input: CheckInput, facts: ModelFacts) {
  const { size } = input.effective.TRANSFORM;
  const { patchSize: patch } = facts;
  const chosen = input.has('TRANSFORM.size') && isResizable(facts);
  if (!chosen || patch === undefined || size < patch || size % patch === 0) return [];
  const side = Math.floor(size / patch);
  const used = side * patch;
  return [
    at(
      input,
      'TRANSFORM.size',
      'config/unused-pixels',
      `${side} x ${side} patches of ${patch} pixels cover ${used} of ${size} pixels; the last ${size - used} at the right and lower edge are not seen`,
      { expected: `a multiple of ${patch}`, got: String(size), suggestion: String(used), related: [NAME] },
    ),
  ];
}
