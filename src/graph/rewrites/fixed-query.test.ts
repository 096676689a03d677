import { describe, expect, it } from 'vitest';
import { runReference } from '../../lower/reference/interpreter.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph, Node } from '../ops.ts';
import { randomWeights } from '../random-weights.ts';
import { verify } from '../verify.ts';
import { fixQueries } from './fixed-query.ts';

const WIDTH = 8;

/** Seven tokens that one learnt query looks at in two heads. */
function pooling(keysAndValues: (g: GraphBuilder, x: Node) => readonly [Node, Node], queries = 1): Graph {
  const g = new GraphBuilder();
  const x = g.input('x', ['N', 7, 6]);
  const latent = g.weight('latent', [1, queries, WIDTH], { kind: 'truncatedNormal', std: 1 });
  const q = g.linear(latent, g.weight('q', [WIDTH, WIDTH], { kind: 'truncatedNormal', std: 1 }));
  const [k, v] = keysAndValues(g, x);
  return g.finish(g.linear(g.attention(g.expandBatch(q), k, v, 2), g.weight('out', [5, WIDTH])));
}

const wide = { kind: 'truncatedNormal', std: 0.7 } as const;
const linear = (g: GraphBuilder, x: Node, name: string, outputs = WIDTH) =>
  g.linear(x, g.weight(`${name}.weight`, [outputs, 6], wide), g.weight(`${name}.bias`, [outputs], wide));

const apart = (g: GraphBuilder, x: Node) => [linear(g, x, 'k'), linear(g, x, 'v')] as const;
const joined = (g: GraphBuilder, x: Node) => {
  const both = linear(g, x, 'kv', 2 * WIDTH);
  return [g.slice(both, 2, 0, WIDTH), g.slice(both, 2, WIDTH, 2 * WIDTH)] as const;
};

function run(graph: Graph): Float32Array {
  const weights = new Map(
    [...randomWeights(graph, 2)].map(([name, { shape, data }]) => [name, { shape, data: data() }]),
  );
  const data = Float32Array.from({ length: 3 * 7 * 6 }, (_, i) => Math.sin(i * i));
  return runReference(graph, weights, { x: { shape: [3, 7, 6], data } }).data;
}

const hasAttention = (graph: Graph) => graph.nodes.some(({ kind }) => kind === 'attention');

describe('fixQueries', () => {
  it.each([
    ['apart', apart],
    ['joined', joined],
  ] as const)('pools without keys and values, published %s', (_, keysAndValues) => {
    const graph = pooling(keysAndValues);
    const fixed = fixQueries(graph);
    verify(fixed);
    expect(hasAttention(fixed)).toBe(false);
    const [before, after] = [run(graph), run(fixed)];
    before.forEach((x, i) => {
      expect(Math.abs(x - after[i]!)).toBeLessThan(2e-6);
    });
    expect(Math.max(...before.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('leaves several queries, and keys that are no projection, as they are', () => {
    expect(hasAttention(fixQueries(pooling(apart, 2)))).toBe(true);
    const bent = pooling((g, x) => [g.gelu(linear(g, x, 'k')), linear(g, x, 'v')]);
    expect(hasAttention(fixQueries(bent))).toBe(true);
  });
});
