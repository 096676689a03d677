import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/common/rng.ts';
import { openSafetensors, readTensor, type TensorFile } from '../src/formats/safetensors.ts';
import { GraphBuilder } from '../src/graph/builder.ts';
import type { Graph } from '../src/graph/ops.ts';
import { runReference, type Tensor } from '../src/lower/reference/interpreter.ts';
import { TfjsNetwork } from '../src/lower/tfjs/network.ts';
import { Net } from '../src/models/net.ts';
import { positionEmbedding } from '../src/models/positions.ts';
import { relativeMatrix } from '../src/models/relative-positions.ts';
import { BACKBONE_CASES } from './backbone-cases.ts';
import { EXTRA, GOLDEN, readCases } from './golden-folder.ts';
import {
  goldenNetwork,
  type Lowering,
  largestDifference,
  onnx,
  onTfjs,
  readGolden,
  readWeights,
  reference,
  simplified,
  tfjs,
} from './lowerings.ts';
import { startTfjs } from './tfjs-engine.ts';

beforeAll(startTfjs);

const TARGETS: Readonly<Record<string, Lowering>> = {
  reference,
  'reference, simplified': simplified(reference),
  onnx: onnx({}),
  'onnx, simplified': simplified(onnx({})),
  'portable onnx': onnx({ portable: true }),
  tfjs,
};

describe.each(BACKBONE_CASES)('$case', (testCase) => {
  it.each(Object.keys(TARGETS))('on %s', async (target) => {
    const network = await goldenNetwork(testCase);
    const output = await TARGETS[target]!(network);
    const { graph, expected } = network;
    expect(graph.output.shape).toEqual(['N', expected.shape[1]]);
    expect(largestDifference(output, expected.data)).toBeLessThan(2e-5);
    expect(tf.memory().numTensors).toBe(0);
  });

  it('has the right gradients on tfjs', async () => {
    const { file, graph, input } = await goldenNetwork(testCase);
    const given = await readWeights(graph, file);
    given.set('pixels', input);
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
  readonly key_size: number;
  readonly length: number;
}

const POSITION_CASES = [GOLDEN, EXTRA].flatMap((root) => readCases<PositionCase>(root, 'posembed'));

describe.each(POSITION_CASES)('positions $case', (testCase) => {
  it('are resampled', async () => {
    const file = await openSafetensors(join(testCase.root, 'posembed', 'posembed.safetensors'));
    const input = await readGolden(file, `${testCase.case}.in`);
    const expected = await readGolden(file, `${testCase.case}.out`);
    const width = input.shape.at(-1)!;
    let result: Float32Array;
    if (testCase.kind === 'absolute') {
      const net = new Net({ imageSize: 1, projection: false });
      const options = { pretrained: testCase.old, grid: testCase.new, prefix: testCase.prefix, width };
      const graph = net.finish(net.g.expandBatch(positionEmbedding(net, 'pos_embed', options)));
      const pixels = { shape: [1, 3, 1, 1], data: new Float32Array(3) };
      result = runReference(graph, new Map([['pos_embed', input]]), { pixels }).data;
    } else {
      const g = new GraphBuilder();
      const { query_size: queries, key_size: keys, length } = testCase;
      const matrix = g.constant('matrix', [queries * keys, length], () =>
        relativeMatrix(queries, keys, length),
      );
      const x = g.input('x', ['N', length, width]);
      result = runReference(g.finish(g.matMul(matrix, x)), new Map(), {
        x: { shape: [1, length, width], data: input.data },
      }).data;
    }
    expect(largestDifference(result, expected.data)).toBeLessThan(2e-5);
  });
});

describe('the largest difference', () => {
  it('notices a NaN and missing numbers', () => {
    expect(largestDifference(Float32Array.of(1, Number.NaN), Float32Array.of(1, 2))).toBeNaN();
    expect(largestDifference(Float32Array.of(1), Float32Array.of(1, 2))).toBeNaN();
  });
});
