import { MdfeError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import type { Rgb } from '../data/transforms/normalise.ts';
import type { FrozenBackbone as Network } from '../features/request.ts';
import { openSafetensors } from '../formats/safetensors.ts';
import { parameterCount } from '../graph/ops.ts';
import { print } from '../graph/print.ts';
import { lowerToOnnx, weightsFolder } from '../lower/onnx/lower.ts';
import { buildBackbone } from '../models/build.ts';
import { checkWeights } from '../models/check-weights.ts';
import { findTag, inputSize, requireModel } from '../models/registry.ts';
import type { RunOptions } from '../run/record.ts';

/** The configured backbone with its weights, checked and lowered; nothing of it is in memory yet. */
export interface FrozenBackbone extends Network {
  readonly parameters: number;
  /** Of the published preprocessing. */
  readonly mean: Rgb;
  readonly std: Rgb;
  /** Side of its input, pixels. */
  readonly imageSize: number;
}

/** Finds model and weights and checks that they belong together. */
export async function openBackbone(config: Config, options: RunOptions): Promise<FrozenBackbone> {
  const { BACKBONE } = config.MODEL;
  const found = requireModel(BACKBONE.model_name, BACKBONE.type);
  const tag =
    BACKBONE.weights === '' ? found.weights : (findTag(found.model, BACKBONE.weights) ?? found.weights);
  const imageSize = inputSize({ model: found.model, weights: tag }, config.TRANSFORM.size);
  const weights = await openSafetensors(requireWeights(options.backboneWeights, BACKBONE.model_name));
  const graph = buildBackbone({
    type: BACKBONE.type,
    modelName: BACKBONE.model_name,
    projLayer: BACKBONE.proj_layer,
    imageSize,
    tag: tag?.tag,
    weights: weights.tensors,
  });
  checkWeights(graph, weights.tensors, weights.path);
  const { mean, std } = tag ?? found.model;
  return {
    graphText: print(graph),
    model: () => lowerToOnnx(graph, weights),
    weightsFolder: weightsFolder(weights),
    weightFiles: [...new Set([...weights.tensors.values()].map((entry) => entry.path))],
    width: graph.output.shape[1] as number,
    parameters: parameterCount(graph),
    mean: mean as Rgb,
    std: std as Rgb,
    imageSize,
  };
}

function requireWeights(file: string | undefined, modelName: string): string {
  if (file !== undefined) return file;
  throw new MdfeError({
    code: 'weights/absent',
    what: `the weights of ${modelName} are not at hand`,
    where: 'MODEL.BACKBONE.model_name',
    todo: 'give a safetensors file under the published names with --backbone-weights FILE',
  });
}
