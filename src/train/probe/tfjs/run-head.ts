import * as tf from '@tensorflow/tfjs-core';
import type { HeadState, MarginHead } from '../../../heads/head.ts';
import type { Centres } from './cosines.ts';
import { headGradients } from './head-gradients.ts';
import { download, upload } from './parameter.ts';

/** A head alone on the active back end, with everything downloaded: what the tests compare. */
export async function runTfjsHead(
  head: MarginHead,
  batch: {
    /** [B, D] */
    readonly features: Float32Array;
    /** [C * k, D] */
    readonly weight: Float32Array;
    /** [B] */
    readonly labels: Int32Array;
    readonly dim: number;
    readonly classes: number;
  },
  state: HeadState,
  entriesAtOnce = 1 << 20,
): Promise<{
  /** [B, C] */
  readonly logits: Float32Array;
  readonly loss: number;
  /** [B, D] */
  readonly dFeatures: Float32Array;
  /** [C * k, D] */
  readonly dWeight: Float32Array;
  readonly state: HeadState;
}> {
  const { dim, labels } = batch;
  const shape = [batch.classes * head.k, dim];
  const weight = upload('weight', { shape, data: batch.weight }, head.k);
  const features = tf.tensor2d(batch.features, [labels.length, dim]);
  const result = await headGradients({
    head,
    state,
    features,
    centres: weight.parts as unknown as Centres,
    labels,
    entriesAtOnce,
    withLogits: true,
  });
  const read = async (tensor: tf.Tensor) => Float32Array.from((await tensor.data()) as Float32Array);
  const run = {
    logits: await read(result.logits!),
    loss: result.loss,
    dFeatures: await read(result.dFeatures),
    dWeight: (await download({ name: 'gradient', shape, parts: result.dCentres })).data,
    state: result.state,
  };
  tf.dispose([features, weight.parts, result.logits!, result.dFeatures, result.dCentres]);
  return run;
}
