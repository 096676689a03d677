import { describe, expect, it } from 'vitest';
import { runReference } from '../../lower/reference/interpreter.ts';
import { buildBackbone } from '../../models/build.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph, Node } from '../ops.ts';
import { print } from '../print.ts';
import { randomWeights } from '../random-weights.ts';
import { elementsPerImage } from '../shape.ts';
import { verify } from '../verify.ts';
import { narrow } from './narrow.ts';

/** Two values [N, 6, 8] made of one input by layers of their own, so that parts of them can be told apart. */
function graphOf(make: (g: GraphBuilder, x: Node) => Node): Graph {
  const g = new GraphBuilder();
  return g.finish(make(g, g.input('x', ['N', 6, 8])));
}

function run(graph: Graph, images = 2): Float32Array {
  const weights = new Map(
    [...randomWeights(graph, 5)].map(([name, { shape, data }]) => [name, { shape, data: data() }]),
  );
  const { name, shape } = { name: graph.inputs[0]!.attributes.name, shape: graph.inputs[0]!.shape };
  const lengths = [images, ...(shape.slice(1) as number[])];
  const data = Float32Array.from({ length: lengths.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i * 0.7));
  return runReference(graph, weights, { [name]: { shape: lengths, data } }).data;
}

/** Numbers that all operations give out. */
const work = (graph: Graph) =>
  graph.nodes.reduce((sum, { shape }) => sum + (shape[0] === 'N' ? elementsPerImage(shape) : 0), 0);

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.cos(i));
const token = (g: GraphBuilder, x: Node) => g.slice(x, 1, 2, 3);

/** The part that is read lies inside what each operation gives. */
const CASES: Readonly<Record<string, (g: GraphBuilder, x: Node) => Node>> = {
  'linear by rows of x': (g, x) => token(g, g.linear(x, g.weight('w', [4, 8]), g.weight('b', [4]))),
  'linear by rows of its matrix': (g, x) =>
    g.slice(g.linear(x, g.weight('w', [12, 8]), g.weight('b', [12])), 2, 3, 7),
  'activations, scale, sums and products that broadcast': (g, x) => {
    const table = g.constant('table', [6, 1], () => ramp(6));
    const active = g.silu(g.quickGelu(g.geluTanh(g.gelu(g.scale(x, 1.5)))));
    return g.slice(token(g, g.mul(g.add(active, table), g.weight('gamma', [8]))), 2, 1, 4);
  },
  'layer norm and softmax, whole along their axis': (g, x) => {
    const normed = g.layerNorm(x, g.weight('w', [8]), g.weight('b', [8]), 1e-5);
    return g.slice(token(g, g.softmax(normed)), 2, 5, 6);
  },
  'matrix products': (g, x) => {
    const product = g.matMul(x, g.transpose(x, [0, 2, 1])); // [N, 6, 6]
    return g.slice(token(g, product), 2, 4, 6);
  },
  'products of a broadcast operand': (g, x) =>
    g.slice(g.matMul(g.reshape(x, ['N', 3, 2, 8]), g.weight('w', [3, 8, 5])), 1, 1, 2),
  attention: (g, x) => g.slice(token(g, g.attention(x, g.gelu(x), g.silu(x), 2)), 2, 0, 3),
  'attention in windows, with a bias': (g, x) => {
    const windows = g.reshape(x, ['N', 2, 3, 8]);
    const bias = g.matMul(g.reshape(x, ['N', 2, 2, 3, 4]), g.weight('w', [4, 3]));
    return g.slice(g.slice(g.attention(windows, windows, windows, 2, bias), 1, 1, 2), 2, 0, 1);
  },
  'reshape behind the axis that is cut': (g, x) => {
    const heads = g.reshape(g.gelu(x), ['N', 6, 2, 4]);
    return token(g, g.reshape(g.gelu(heads), ['N', 6, 8]));
  },
  'reshape of the axis that is cut': (g, x) => token(g, g.reshape(g.gelu(x), ['N', 8, 6])),
  transpose: (g, x) => g.slice(g.transpose(g.gelu(x), [0, 2, 1]), 1, 1, 3),
  'mean over another axis': (g, x) => g.slice(g.mean(g.gelu(x), 1), 1, 1, 3),
  'concat, from one input and across two': (g, x) => {
    const both = g.concat([g.gelu(x), g.silu(x)], 1);
    return g.concat([g.slice(both, 1, 1, 3), g.slice(both, 1, 5, 7)], 1);
  },
  'slices of slices': (g, x) => g.slice(g.slice(g.slice(g.gelu(x), 1, 1, 5), 2, 2, 6), 1, 1, 2),
  'padding, within and across the end': (g, x) => {
    const padded = g.padEnd(g.gelu(x), 1, 3);
    return g.concat([token(g, padded), g.slice(padded, 1, 5, 8)], 1);
  },
  'a table that does not depend on the image': (g, x) =>
    g.add(token(g, x), token(g, g.expandBatch(g.weight('table', [1, 6, 8])))),
  convolution: (g, x) => {
    const image = g.reshape(x, ['N', 3, 4, 4]);
    return g.slice(g.conv2d(image, g.weight('w', [6, 3, 2, 2]), undefined, { stride: 2 }), 1, 1, 3);
  },
  'a value read whole and in part': (g, x) => {
    const active = g.gelu(x);
    return g.add(token(g, active), g.attention(token(g, active), active, active, 2));
  },
};

describe('narrow', () => {
  it.each(Object.keys(CASES))('computes the same with no more work: %s', (name) => {
    const graph = graphOf(CASES[name]!);
    const narrowed = narrow(graph);
    verify(narrowed);
    expect(run(narrowed)).toEqual(run(graph));
    expect(work(narrowed)).toBeLessThanOrEqual(work(graph));
  });

  it('cuts the query and what comes behind it out of the last block of a token-pooled network', () => {
    const graph = buildBackbone({ type: 'clip', modelName: 'ViT-B-32', projLayer: true, imageSize: 64 });
    const narrowed = narrow(graph);
    verify(narrowed);
    expect([...narrowed.weights.keys()].toSorted()).toEqual([...graph.weights.keys()].toSorted());
    const last = print(narrowed)
      .split('\n')
      .filter((line) => line.includes('resblocks.11'));
    expect(last.map((line) => /= (\w+)\(.* (\[.*\])$/.exec(line)!.slice(1).join(' '))).toEqual([
      'layerNorm [N, 5, 768]',
      'slice [1536, 768]',
      'slice [1536]',
      'slice [768, 768]',
      'slice [768]',
      'linear [N, 1, 768]',
      'layerNorm [N, 1, 768]',
      'linear [N, 1, 3072]',
      'linear [N, 1, 768]',
    ]);
  });

  it('leaves a network alone that reads nearly all tokens', () => {
    const graph = buildBackbone({ type: 'eva02', modelName: 'eva02_tiny_patch14_224', projLayer: false });
    const withoutThirds = (text: string) =>
      text.split('\n').filter((line) => line.includes('[N, 256,')).length;
    expect(withoutThirds(print(narrow(graph)))).toBe(withoutThirds(print(graph)));
  });
});
