import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import type { Graph, Node } from './ops.ts';
import { parameterCount } from './ops.ts';
import { print } from './print.ts';
import { randomWeights } from './random-weights.ts';
import { broadcast } from './shape.ts';
import { verify } from './verify.ts';

/** Two tokens of width 4 from an image of 2 x 1 patches, normed and pooled. */
function small(): { graph: Graph; g: GraphBuilder } {
  const g = new GraphBuilder();
  const pixels = g.input('pixels', ['N', 3, 4, 2]);
  const patches = g.conv2d(pixels, g.weight('proj.weight', [4, 3, 2, 2]), g.weight('proj.bias', [4]), {
    stride: 2,
  });
  const tokens = g.transpose(g.reshape(patches, ['N', 4, 2]), [0, 2, 1]);
  const table = g.constant('positions', [2, 4], () => new Float32Array(8));
  const ones = g.weight('norm.weight', [4], { kind: 'constant', value: 1 });
  const normed = g.layerNorm(g.add(tokens, table), ones, g.weight('norm.bias', [4]), 1e-6);
  return { graph: g.finish(g.mean(g.gelu(normed), 1)), g };
}

describe('print', () => {
  it('writes one line a node', () => {
    expect(print(small().graph)).toBe(
      [
        '%0 = input(pixels) [N, 3, 4, 2]',
        '%3 = conv2d(%0, proj.weight, proj.bias, stride=2, padding=0, groups=1) [N, 4, 2, 1]',
        '%4 = reshape(%3) [N, 4, 2]',
        '%5 = transpose(%4, axes=[0 2 1]) [N, 2, 4]',
        '%8 = add(%5, <positions>) [N, 2, 4]',
        '%10 = layerNorm(%8, norm.weight, norm.bias, epsilon=0.000001) [N, 2, 4]',
        '%11 = gelu(%10) [N, 2, 4]',
        '%12 = mean(%11, axis=1) [N, 4]',
        'return %12',
        '',
      ].join('\n'),
    );
  });
});

describe('verify', () => {
  const broken = (change: (nodes: Node[]) => void): Graph => {
    const { graph } = small();
    const nodes = [...graph.nodes];
    change(nodes);
    return { ...graph, nodes };
  };

  it('accepts what the builder made', () => {
    expect(() => verify(small().graph)).not.toThrow();
    expect(parameterCount(small().graph)).toBe(48 + 4 + 4 + 4);
  });

  it.each<[string, Graph, RegExp]>([
    [
      'a wrong shape',
      broken((nodes) => {
        nodes[12] = { ...nodes[12]!, shape: ['N', 5] } as Node;
      }),
      /says \[N, 5\], its inputs give \[N, 4\]/,
    ],
    ['a node out of order', broken((nodes) => nodes.reverse()), /stands in place 0/],
    [
      'a use of a foreign node',
      broken((nodes) => {
        nodes[4] = small().graph.nodes[4]!;
      }),
      /does not come before it/,
    ],
    [
      'a node that nothing uses',
      (() => {
        const { g, graph } = small();
        g.softmax(graph.output);
        return graph;
      })(),
      /never used/,
    ],
  ])('refuses %s', (_, graph, message) => {
    expect(() => verify(graph)).toThrow(message);
  });
});

describe('the builder', () => {
  const g = new GraphBuilder();
  const x = g.input('x', ['N', 6, 4]);
  const w = (shape: readonly number[]) => g.weight(`w${shape}`, shape);

  it.each<[string, () => Node, RegExp]>([
    ['linear of the wrong width', () => g.linear(x, w([3, 5])), /\[N, 6, 4\] against weight \[3, 5\]/],
    ['a bias of the wrong length', () => g.linear(x, w([3, 4]), w([4])), /bias must be \[3\]/],
    ['matMul of other inner lengths', () => g.matMul(x, w([5, 2])), /\[N, 6, 4\] x \[5, 2\]/],
    ['heads that do not divide', () => g.attention(x, x, x, 3), /width 4 in 3 heads/],
    ['an attention bias', () => g.attention(x, x, x, 2, w([6, 6])), /bias must be \[N, 2, 6, 6\]/],
    ['a norm of another width', () => g.layerNorm(x, w([6]), w([6]), 1e-6), /layerNorm/],
    ['a sum that does not broadcast', () => g.add(x, w([5])), /do not broadcast/],
    ['a reshape that loses elements', () => g.reshape(x, ['N', 23]), /\[N, 6, 4\] to \[N, 23\]/],
    ['a reshape that loses the batch', () => g.reshape(x, [24]), /reshape/],
    ['a transposed batch', () => g.transpose(x, [1, 0, 2]), /is no shape/],
    ['axes named twice', () => g.transpose(x, [0, 1, 1]), /axes \[0,1,1\]/],
    ['a slice beyond the end', () => g.slice(x, 1, 4, 7), /4\.\.7/],
    ['a mean over the batch', () => g.mean(x, 0), /no known length/],
    ['a concat of other widths', () => g.concat([x, g.slice(x, 2, 0, 2)], 1), /concat/],
    ['an expanded batch', () => g.expandBatch(x), /must begin with 1/],
    [
      'a kernel larger than its input',
      () => {
        const image = g.input('image', ['N', 1, 2, 2]);
        return g.conv2d(image, w([1, 1, 3, 3]), undefined, {});
      },
      /is larger than/,
    ],
    [
      'one weight in two shapes',
      () => {
        g.weight('twice', [2]);
        return g.weight('twice', [3]);
      },
      /twice is \[2\] and \[3\]/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('gives the same node for the same weight and constant', () => {
    expect(g.weight('same', [2])).toBe(g.weight('same', [2]));
    const make = () => new Float32Array(2);
    expect(g.constant('c', [2], make)).toBe(g.constant('c', [2], make));
  });
});

describe('broadcast', () => {
  it('aligns at the end and stretches ones', () => {
    expect(broadcast(['N', 6, 4], [4])).toEqual(['N', 6, 4]);
    expect(broadcast([1, 4], ['N', 1, 4])).toEqual(['N', 1, 4]);
    expect(broadcast(['N', 1, 4], [6, 1])).toEqual(['N', 6, 4]);
  });
});

describe('randomWeights', () => {
  it('repeats with the seed, differs between tensors, and respects the initialisation', () => {
    const draw = (seed: number) =>
      new Map([...randomWeights(small().graph, seed)].map(([name, t]) => [name, t.data()]));
    const [a, b, c] = [draw(1), draw(1), draw(2)];
    expect(a).toEqual(b);
    expect(a.get('proj.weight')).not.toEqual(c.get('proj.weight'));
    expect(a.get('proj.bias')).not.toEqual(a.get('norm.bias'));
    expect([...a.get('norm.weight')!]).toEqual([1, 1, 1, 1]);
  });

  it('draws with the standard deviation asked for', () => {
    const g = new GraphBuilder();
    const x = g.input('x', ['N', 100]);
    const graph = g.finish(g.linear(x, g.weight('w', [201, 100])));
    const [[, tensor] = []] = [...randomWeights(graph, 7)];
    const values = tensor!.data();
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    // A normal distribution cut off at 2 standard deviations keeps 0.8796 of its own.
    expect(deviation / 0.02).toBeCloseTo(0.8796, 1);
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(0.04));
  });
});
