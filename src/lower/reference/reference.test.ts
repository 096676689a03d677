import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../graph/builder.ts';
import { erf } from './erf.ts';
import { runReference } from './interpreter.ts';

describe('erf', () => {
  // Abramowitz and Stegun, table 7.1, and Wolfram's erf(3).
  it.each([
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [-2, -0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [7, 1],
  ])('erf(%f)', (x, y) => {
    expect(erf(x)).toBeCloseTo(y, 14);
  });
});

describe('runReference', () => {
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });

  it('convolves in groups with stride and padding', () => {
    const g = new GraphBuilder();
    const x = g.input('x', ['N', 2, 2, 2]);
    const graph = g.finish(
      g.conv2d(x, g.weight('w', [2, 1, 3, 3]), g.weight('b', [2]), { stride: 2, padding: 1, groups: 2 }),
    );
    const weights = new Map([
      ['w', tensor([2, 1, 3, 3], ...Array.from({ length: 18 }, (_, i) => i))],
      ['b', tensor([2], 100, 200)],
    ]);
    // Window rows and columns 1..2 of each kernel meet the image: 4*1 + 5*2 + 7*3 + 8*4, and with 9 added to each.
    const image = [1, 2, 3, 4, 1, 2, 3, 4];
    const result = runReference(graph, weights, { x: tensor([1, 2, 2, 2], ...image) });
    expect([...result.data]).toEqual([100 + 67, 200 + 67 + 90]);
  });

  it('pads, slices, concatenates, transposes', () => {
    const g = new GraphBuilder();
    const x = g.input('x', ['N', 2, 2]);
    const padded = g.padEnd(x, 1, 1); // [[1, 2], [3, 4], [0, 0]]
    const joined = g.concat([padded, g.slice(x, 1, 1, 2)], 1); // + [3, 4]
    const graph = g.finish(g.transpose(joined, [0, 2, 1]));
    const result = runReference(graph, new Map(), { x: tensor([1, 2, 2], 1, 2, 3, 4) });
    expect(result.shape).toEqual([1, 2, 4]);
    expect([...result.data]).toEqual([1, 3, 0, 3, 2, 4, 0, 4]);
  });

  it('says what is missing', () => {
    const g = new GraphBuilder();
    const graph = g.finish(g.linear(g.input('x', ['N', 2]), g.weight('w', [1, 2])));
    expect(() => runReference(graph, new Map(), { x: tensor([1, 2], 1, 2) })).toThrow(
      'weight w was not given',
    );
    expect(() => runReference(graph, new Map(), {})).toThrow('first input must be given');
  });
});
