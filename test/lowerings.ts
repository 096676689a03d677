import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { openSafetensors, readTensor, type TensorFile } from '../src/formats/safetensors.ts';
import type { Graph } from '../src/graph/ops.ts';
import { simplify } from '../src/graph/rewrites/simplify.ts';
import { lowerToOnnx, weightsFolder } from '../src/lower/onnx/lower.ts';
import { createSession } from '../src/lower/onnx/session.ts';
import { runReference, type Tensor } from '../src/lower/reference/interpreter.ts';
import { TfjsNetwork } from '../src/lower/tfjs/network.ts';
import { buildStructure } from '../src/models/build.ts';
import { type BackboneCase, structureOf } from './backbone-cases.ts';

/** A golden network with its weights, pixels, and the features that timm or open_clip gave. */
export interface GoldenNetwork {
  readonly graph: Graph;
  readonly file: TensorFile;
  /** Normalised pixels [N, 3, S, S]. */
  readonly input: Tensor;
  /** [N, width] */
  readonly expected: Tensor;
}

export async function goldenNetwork(testCase: BackboneCase): Promise<GoldenNetwork> {
  const file = await openSafetensors(join(testCase.root, 'backbones', `${testCase.case}.safetensors`));
  const { structure, args } = structureOf(testCase);
  const graph = buildStructure(structure, args, {
    projection: testCase.with_proj_layer,
    imageSize: testCase.image_size,
    published: file.tensors,
  });
  return {
    graph,
    file,
    input: await readGolden(file, '__input'),
    expected: await readGolden(file, '__output'),
  };
}

export async function readGolden(file: TensorFile, name: string): Promise<Tensor> {
  return { shape: file.tensors.get(name)!.shape, data: await readTensor(file, name) };
}

export async function readWeights(graph: Graph, file: TensorFile): Promise<Map<string, Tensor>> {
  const weights = new Map<string, Tensor>();
  for (const name of graph.weights.keys()) weights.set(name, await readGolden(file, name));
  return weights;
}

export const onTfjs = ({ shape, data }: Tensor) => tf.tensor(data, [...shape]);

/** A network's features by one lowering. */
export type Lowering = (network: GoldenNetwork) => Promise<Float32Array>;

export const reference: Lowering = async ({ graph, file, input }) =>
  runReference(graph, await readWeights(graph, file), { pixels: input }).data;

export const onnx =
  ({ portable = false, provider = 'cpu' }): Lowering =>
  async ({ graph, file, input }) => {
    const model = lowerToOnnx(graph, file, { portable });
    const session = await createSession(model, weightsFolder(file), { threads: 1, providers: [provider] });
    try {
      return await session.run(input.data, input.shape as [number, 3, number, number]);
    } finally {
      await session.dispose();
    }
  };

/** On the back end of TensorFlow.js that is started; leaves no tensor behind. */
export const tfjs: Lowering = async ({ graph, file, input }) => {
  const network = new TfjsNetwork(graph);
  const weights = new Map([...(await readWeights(graph, file))].map(([name, w]) => [name, onTfjs(w)]));
  const output = tf.tidy(() => network.forward(onTfjs(input), weights));
  const data = (await output.data()) as Float32Array;
  for (const tensor of [output, ...weights.values()]) tensor.dispose();
  network.dispose();
  return data;
};

/** The network as frozen inference rewrites it. */
export const simplified =
  (lowering: Lowering): Lowering =>
  (network) =>
    lowering({ ...network, graph: simplify(network.graph) });

/** NaN where a number is, and where one of the two has more numbers. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((worst, x, i) => {
    const difference = Math.abs(x - b[i]!);
    return Number.isNaN(difference) ? Number.NaN : Math.max(worst, difference);
  }, 0);
}
