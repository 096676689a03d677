import { describe, expect, it } from 'vitest';
import { bicubicMatrix, linearMatrix } from './positions.ts';
import { relativeMatrix } from './relative-positions.ts';

const rows = (matrix: Float32Array, width: number) =>
  Array.from({ length: matrix.length / width }, (_, i) => [...matrix.subarray(i * width, (i + 1) * width)]);

describe('resampling matrices', () => {
  it.each([
    [5, 5],
    [7, 3],
    [3, 7],
    [1, 4],
    [37, 16],
  ])('%i to %i: every row sums to one', (from, to) => {
    for (const matrix of [bicubicMatrix(from, to), linearMatrix(from, to)])
      for (const row of rows(matrix, from)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it('are the identity where nothing changes', () => {
    for (const matrix of [bicubicMatrix(4, 4), linearMatrix(4, 4)])
      rows(matrix, 4).forEach((row, i) => {
        row.forEach((w, j) => {
          expect(w).toBeCloseTo(i === j ? 1 : 0, 6);
        });
      });
  });

  it('select the distance of query and key', () => {
    expect(rows(relativeMatrix(2, 2, 3), 3)).toEqual([
      [0, 1, 0], // query 0, key 0: distance 0
      [1, 0, 0], // query 0, key 1: distance -1
      [0, 0, 1], // query 1, key 0: distance +1
      [0, 1, 0],
    ]);
  });
});
