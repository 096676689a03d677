import * as tf from '@tensorflow/tfjs-core';
import { firstLine } from '../common/errors.ts';
import { EngineUnavailable } from './names.ts';

/**
 * Makes a registered TensorFlow.js back end the active one and proves it: tfjs itself falls back to another one
 * without a word when a back end does not start.
 */
export async function activate(backend: string): Promise<void> {
  tf.enableProdMode(); // without the advertisement that the cpu back end prints under Node
  let started = false;
  try {
    started = await tf.setBackend(backend);
    await tf.ready();
  } catch (error) {
    throw new EngineUnavailable(`TensorFlow.js cannot start it: ${firstLine(error)}`, undefined, error);
  }
  if (!started || tf.getBackend() !== backend)
    throw new EngineUnavailable(`TensorFlow.js started '${tf.getBackend()}' in its place`);
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6], [2, 1])));
  const result = Array.from(await product.data());
  product.dispose();
  if (result.join() !== '17,39')
    throw new EngineUnavailable(`it multiplies matrices wrongly: [${result.join(', ')}] instead of [17, 39]`);
}
