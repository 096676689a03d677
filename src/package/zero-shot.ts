import type { Config } from '../config/schema/index.ts';
import { type BackboneHooks, openBackbone } from '../train/open-backbone.ts';
import { initialNeck } from '../train/probe/initial.ts';
import { inferenceGraph } from './inference-graph.ts';
import type { InferenceModel } from './model-file.ts';
import { PackedWeights, type StoredType } from './weights.ts';

/** The published backbone with a neck that was never trained; a linear neck is drawn from SEED. */
export async function zeroShotModel(
  config: Config,
  dtype: StoredType,
  options: { readonly backboneWeights?: string | undefined; readonly hooks?: BackboneHooks } = {},
): Promise<InferenceModel> {
  const { backboneWeights, hooks } = options;
  const { NECK, embedding_dim: embeddingDim } = config.MODEL;
  const { graph, weights, width, mean, std, imageSize } = await openBackbone(
    config,
    backboneWeights === undefined ? {} : { backboneWeights },
    hooks,
  );
  const neck = initialNeck({ neck: NECK.neck_type, width, embeddingDim, seed: config.SEED });
  return {
    graph: inferenceGraph(graph, NECK.neck_type, embeddingDim),
    weights: new PackedWeights(weights.tensors, neck, dtype, hooks?.signal),
    preprocessing: { imageSize, mean, std },
  };
}
