import type { Graph } from '../graph/ops.ts';
import { verify } from '../graph/verify.ts';
import type { RawArgs } from './args.ts';
import type { PublishedTensors } from './net.ts';
import { findTag, type ModelInfo, requireModel, type WeightsTag } from './registry.ts';
import { STRUCTURES, type StructureName } from './structures.ts';
import type { BackboneType } from './types.ts';

export interface BackboneOptions {
  readonly type: BackboneType;
  /** Registered name; timm's may carry a weights tag (`name.tag`). */
  readonly modelName: string;
  /** Keep the published projection (OpenCLIP types) or classifier (eva02). */
  readonly projLayer: boolean;
  /** Side of the square input, pixels; the published size if left out. See `inputSize`. */
  readonly imageSize?: number | undefined;
  /** OpenCLIP and eva02: which weights, where the model's name does not say. */
  readonly tag?: string | undefined;
  /** Tensors of the checkpoint that will be loaded: decides the names' prefix and the position grid. */
  readonly weights?: PublishedTensors | undefined;
}

/**
 * The network of a registered model: input `pixels` [N, 3, S, S], already normalised; output [N, width]. Its weights
 * have the checkpoint's own names and shapes.
 */
export function buildBackbone(options: BackboneOptions): Graph {
  const { model, weights: tagged } = requireModel(options.modelName, options.type);
  const tag = findTag(model, options.tag) ?? tagged;
  return buildModel(model, {
    projection: options.projLayer,
    imageSize: options.imageSize ?? tag?.imageSize ?? model.imageSize,
    tag,
    published: options.weights,
  });
}

/** The same for a model that need not be registered, e.g. one from a folder. */
export function buildModel(
  model: ModelInfo,
  options: {
    readonly projection: boolean;
    readonly imageSize: number;
    readonly tag?: WeightsTag | undefined;
    readonly published?: PublishedTensors | undefined;
  },
): Graph {
  const { tag, ...rest } = options;
  const args = model.structure === 'Eva' && tag ? { ...model.args, num_classes: tag.numClasses } : model.args;
  return buildStructure(model.structure, args, rest);
}

/**
 * The network of any structure with arguments under the publishing library's names.
 * @param options.imageSize side of the square input, pixels
 */
export function buildStructure(
  structure: StructureName,
  args: RawArgs,
  options: {
    readonly projection: boolean;
    readonly imageSize: number;
    readonly published?: PublishedTensors | undefined;
  },
): Graph {
  const graph = STRUCTURES[structure](args, {
    ...options,
    prefix: visualPrefix(structure, options.published),
  });
  verify(graph);
  return graph;
}

/** OpenCLIP checkpoints with both towers put the visual one under `visual.`. */
function visualPrefix(structure: StructureName, published: PublishedTensors | undefined): string {
  const probe = { OpenClipVit: 'visual.conv1.weight', OpenClipConvNext: 'visual.trunk.stem.0.weight' };
  return structure in probe && published?.has(probe[structure as keyof typeof probe]) ? 'visual.' : '';
}
