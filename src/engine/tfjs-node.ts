import { pathToFileURL } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { firstLine } from '../common/errors.ts';
import { describeCpu } from './cpu.ts';
import { cudaName } from './cuda.ts';
import { EngineUnavailable, type Started } from './names.ts';
import { requireOptional } from './optional-package.ts';
import { activate } from './tfjs.ts';

/** TensorFlow's C library on the CPU. */
export async function startNode(): Promise<Started> {
  await load('@tensorflow/tfjs-node');
  await activate('tensorflow');
  return { device: describeCpu() };
}

/** TensorFlow's C library on an NVIDIA GPU. */
export async function startNodeGpu(): Promise<Started> {
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'; // otherwise TensorFlow takes all of the GPU's memory at once
  await load('@tensorflow/tfjs-node-gpu');
  await activate('tensorflow');
  // The library computes on the CPU without a word when it finds no GPU.
  const backend = tf.backend() as tf.KernelBackend & { readonly isUsingGpuDevice?: boolean };
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  if (!backend.isUsingGpuDevice)
    throw new EngineUnavailable(
      `TensorFlow found no CUDA device${visible ? ` (CUDA_VISIBLE_DEVICES=${visible})` : ''}`,
      'it needs the NVIDIA driver, CUDA 11.2 and cuDNN 8.1 (see: mdfe doctor)',
    );
  return { device: await cudaName() };
}

async function load(name: string): Promise<void> {
  // Removed in Node 23; tfjs-node 4.22 still calls it.
  const legacy = util as typeof util & { isNullOrUndefined?: (x: unknown) => boolean };
  legacy.isNullOrUndefined ??= (x) => x === null || x === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // errors only: the library greets with its build options otherwise
  const path = requireOptional(name);
  try {
    await import(pathToFileURL(path).href);
  } catch (error) {
    throw new EngineUnavailable(
      `the package ${name} does not load: ${firstLine(error)}`,
      `reinstall it with its install script: npm rebuild ${name} --ignore-scripts=false`,
      error,
    );
  }
}
