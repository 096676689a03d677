import { expect, it } from 'vitest';
import { buildBackbone } from '../models/build.ts';
import { GraphBuilder } from './builder.ts';
import { peakLiveValues } from './live-values.ts';

it('counts results from where they are made to where they are last read', () => {
  const g = new GraphBuilder();
  const x = g.input('x', ['N', 4, 10]); // 40
  const wide = g.linear(x, g.weight('w', [30, 10])); // 120 beside x
  const active = g.gelu(wide); // 120 beside x and `wide`: the peak
  const narrow = g.linear(active, g.weight('v', [10, 30]));
  expect(peakLiveValues(g.finish(g.add(x, narrow)))).toBe(40 + 120 + 120);
});

it('counts the products of an attention that has a bias', () => {
  const peak = (withBias: boolean) => {
    const g = new GraphBuilder();
    const x = g.input('x', ['N', 16, 8]);
    const bias = g.expandBatch(g.weight('bias', [1, 2, 16, 16]));
    return peakLiveValues(g.finish(g.attention(x, x, x, 2, withBias ? bias : undefined)));
  };
  expect(peak(true) - peak(false)).toBe(2 * 16 * 16);
});

it('counts products and shares of an attention that is not fused', () => {
  const g = new GraphBuilder();
  const x = g.input('x', ['N', 16, 8]);
  const graph = g.finish(g.attention(x, x, x, 2));
  expect(peakLiveValues(graph, false) - peakLiveValues(graph)).toBe(2 * 2 * 16 * 16);
});

it('finds the MLP of a vision transformer', () => {
  const graph = buildBackbone({
    type: 'siglip',
    modelName: 'vit_base_patch16_siglip_224',
    projLayer: false,
  });
  expect(peakLiveValues(graph)).toBe(196 * (768 + 2 * 3072));
});
