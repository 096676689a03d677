import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/common/rng.ts';
import { openSafetensors, readTensor, type TensorFile } from '../src/formats/safetensors.ts';
import { GraphBuilder } from '../src/graph/builder.ts';
import type { Graph } from '../src/graph/ops.ts';
import { simplify } from '../src/graph/rewrites/simplify.ts';
import { lowerToOnnx, weightsFolder } from '../src/lower/onnx/lower.ts';
import { createSession } from '../src/lower/onnx/session.ts';
import { runReference, type Tensor } from '../src/lower/reference/interpreter.ts';
import { TfjsNetwork } from '../src/lower/tfjs/network.ts';
import { buildStructure } from '../src/models/build.ts';
import { Net } from '../src/models/net.ts';
import { positionEmbedding } from '../src/models/positions.ts';
import { relativeMatrix } from '../src/models/relative-positions.ts';
import { BACKBONE_CASES, readCases, structureOf } from './backbone-cases.ts';
import { GOLDEN } from './golden-tensors.ts';

async function load(file: TensorFile, name: string): Promise<Tensor> {
  return { shape: file.tensors.get(name)!.shape, data: await readTensor(file, name) };
}

async function loadWeights(graph: Graph, file: TensorFile): Promise<Map<string, Tensor>> {
  const weights = new Map<string, Tensor>();
  for (const name of graph.weights.keys()) weights.set(name, await load(file, name));
  return weights;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, x, i) => {
    const difference = Math.abs(x - b[i]!);
    return Number.isNaN(difference) ? Number.NaN : Math.max(worst, difference);
  }, 0);
}

type Target = (graph: Graph, file: TensorFile, input: Tensor) => Promise<Float32Array>;

const onnx =
  (portable: boolean): Target =>
  async (graph, file, input) => {
    const model = lowerToOnnx(graph, file, { portable });
    const session = await createSession(model, weightsFolder(file), { threads: 1 });
    try {
      return await session.run(input.data, input.shape as [number, 3, number, number]);
    } finally {
      await session.dispose();
    }
  };

beforeAll(async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  setWasmPaths(`${folder}/`);
  await tf.setBackend('wasm');
  expect(tf.getBackend()).toBe('wasm');
});

const onTfjs = ({ shape, data }: Tensor) => tf.tensor(data, [...shape]);

const tfjs: Target = async (graph, file, input) => {
  const network = new TfjsNetwork(graph);
  const weights = new Map([...(await loadWeights(graph, file))].map(([name, w]) => [name, onTfjs(w)]));
  const output = tf.tidy(() => network.forward(onTfjs(input), weights));
  const data = (await output.data()) as Float32Array;
  for (const tensor of [output, ...weights.values()]) tensor.dispose();
  network.dispose();
  expect(tf.memory().numTensors).toBe(0);
  return data;
};

const TARGETS: Readonly<Record<string, Target>> = {
  reference: async (graph, file, pixels) =>
    runReference(graph, await loadWeights(graph, file), { pixels }).data,
  'simplified reference': async (graph, file, pixels) =>
    runReference(simplify(graph), await loadWeights(graph, file), { pixels }).data,
  onnx: onnx(false),
  'simplified onnx': async (graph, file, pixels) => onnx(false)(simplify(graph), file, pixels),
  'portable onnx': onnx(true),
  tfjs,
};

describe.each(BACKBONE_CASES)('$case', (testCase) => {
  const prepare = async () => {
    const file = await openSafetensors(join(testCase.root, 'backbones', `${testCase.case}.safetensors`));
    const { structure, args } = structureOf(testCase);
    const graph = buildStructure(structure, args, {
      projection: testCase.with_proj_layer,
      imageSize: testCase.image_size,
      published: file.tensors,
    });
    return { file, graph };
  };

  it.each(Object.keys(TARGETS))('on %s', async (target) => {
    const { file, graph } = await prepare();
    const output = await TARGETS[target]!(graph, file, await load(file, '__input'));
    const expected = await load(file, '__output');
    expect(graph.output.shape).toEqual(['N', expected.shape[1]]);
    expect(largestDifference(output, expected.data)).toBeLessThan(2e-5);
  });

  it('has the right gradients on tfjs', async () => {
    const { file, graph } = await prepare();
    const given = await loadWeights(graph, file);
    given.set('pixels', await load(file, '__input'));
    if (file.tensors.has('__readout')) await compareGradients(graph, given, file);
    else await checkDerivative(graph, given);
  });
});

/** Gradients of the sum of features * readout to each weight and to the pixels, on TensorFlow.js. */
function gradients(
  graph: Graph,
  given: ReadonlyMap<string, Tensor>,
  readout: Float32Array,
): Map<string, tf.Tensor> {
  const network = new TfjsNetwork(graph);
  const names = [...given.keys()];
  const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
    const byName = new Map(names.map((name, i) => [name, tensors[i]!]));
    const features = network.forward(byName.get('pixels')!, byName);
    return tf.sum(tf.mul(features, tf.tensor(readout, features.shape)));
  };
  const found = tf.tidy(() => tf.grads(loss)(names.map((name) => onTfjs(given.get(name)!))));
  network.dispose();
  return new Map(names.map((name, i) => [name, found[i]!]));
}

/** Each gradient against PyTorch's, relative to the largest value of that gradient. */
async function compareGradients(graph: Graph, given: Map<string, Tensor>, file: TensorFile): Promise<void> {
  const found = gradients(graph, given, await readTensor(file, '__readout'));
  for (const [name, gradient] of found) {
    const expected = await readTensor(file, `__grad.${name}`);
    const largest = expected.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    const difference = largestDifference((await gradient.data()) as Float32Array, expected);
    expect(difference, name).toBeLessThan(1e-4 * largest + 1e-6);
    gradient.dispose();
  }
  expect(tf.memory().numTensors).toBe(0);
}

/**
 * The derivative along one random direction through all weights and the pixels, by TensorFlow.js's gradients and by
 * central differences of the reference interpreter.
 */
async function checkDerivative(graph: Graph, given: Map<string, Tensor>): Promise<void> {
  const rng = new Rng(1, 'gradients');
  const along = new Map(
    [...given].map(([name, { shape, data }]) => {
      const size = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length) || 0.1;
      return [name, { shape, data: data.map(() => rng.normal() * size) }];
    }),
  );
  const count = given.get('pixels')!.shape[0]! * (graph.output.shape[1] as number);
  const readout = Float32Array.from({ length: count }, () => rng.normal());
  const step = 1e-3;
  const shifted = (sign: number) => {
    const moved = new Map(
      [...given].map(([name, { shape, data }]) => {
        const direction = along.get(name)!.data;
        return [name, { shape, data: data.map((x, i) => x + sign * step * direction[i]!) }];
      }),
    );
    const features = runReference(graph, moved, { pixels: moved.get('pixels')! }).data;
    return features.reduce((sum, f, i) => sum + f * readout[i]!, 0);
  };
  const expected = (shifted(1) - shifted(-1)) / (2 * step);
  const got = tf.tidy(() => {
    const products = [...gradients(graph, given, readout)].map(([name, gradient]) =>
      tf.sum(tf.mul(gradient, onTfjs(along.get(name)!))),
    );
    return tf.addN(products);
  });
  const [derivative] = await got.data();
  got.dispose();
  expect(tf.memory().numTensors).toBe(0);
  // Float32 between the nodes leaves this much noise in the difference.
  expect(Math.abs(derivative! - expected)).toBeLessThan(1e-3 * Math.abs(expected) + 2e-3);
}

interface PositionCase {
  readonly case: string;
  readonly kind: 'absolute' | 'relative';
  readonly old: readonly [number, number];
  readonly new: readonly [number, number];
  readonly prefix: number;
  readonly query_size: number;
  readonly length: number;
}

describe.each(readCases<PositionCase>(GOLDEN, 'posembed'))('positions $case', (testCase) => {
  it('are resampled', async () => {
    const file = await openSafetensors(join(GOLDEN, 'posembed', 'posembed.safetensors'));
    const input = await load(file, `${testCase.case}.in`);
    const expected = await load(file, `${testCase.case}.out`);
    const width = input.shape.at(-1)!;
    let result: Float32Array;
    if (testCase.kind === 'absolute') {
      const net = new Net({ imageSize: 1, projection: false });
      const options = { pretrained: testCase.old[0], grid: testCase.new[0], prefix: testCase.prefix, width };
      const graph = net.finish(net.g.expandBatch(positionEmbedding(net, 'pos_embed', options)));
      const pixels = { shape: [1, 3, 1, 1], data: new Float32Array(3) };
      result = runReference(graph, new Map([['pos_embed', input]]), { pixels }).data;
    } else {
      const g = new GraphBuilder();
      const { query_size: side, length } = testCase;
      const matrix = g.constant('matrix', [side * side, length], () => relativeMatrix(side, length));
      const x = g.input('x', ['N', length, width]);
      result = runReference(g.finish(g.matMul(matrix, x)), new Map(), {
        x: { shape: [1, length, width], data: input.data },
      }).data;
    }
    expect(largestDifference(result, expected.data)).toBeLessThan(2e-5);
  });
});

describe('the largest difference', () => {
  it('notices a NaN', () => {
    expect(largestDifference(Float32Array.of(1, Number.NaN), Float32Array.of(1, 2))).toBeNaN();
  });
});
