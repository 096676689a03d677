import type { Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import type { Net } from './net.ts';
import { linearMatrix } from './positions.ts';

/**
 * Takes a published table of relative positions [length, d] to [queries * keys, d], entry (query, key) holding
 * distance query - key in steps of the finer of the two: linear interpolation to all distances, then selection, as
 * one matrix [queries * keys, length], row-major.
 */
export function relativeMatrix(queries: number, keys: number, length: number): Float32Array {
  const side = Math.max(queries, keys);
  const interpolation = linearMatrix(length, 2 * side - 1);
  const matrix = new Float32Array(queries * keys * length);
  for (let query = 0; query < queries; query++)
    for (let key = 0; key < keys; key++) {
      const distance = Math.floor((query * side) / queries + ((keys - 1 - key) * side) / keys);
      const row = interpolation.subarray(distance * length, (distance + 1) * length);
      matrix.set(row, (query * keys + key) * length);
    }
  return matrix;
}

interface RelativeOptions {
  /** Queries and keys lie on a grid of side x side. */
  readonly side: number;
  /** Side that the published tables are for, used where the checkpoint is not at hand. */
  readonly pretrained: number;
  readonly heads: number;
}

/**
 * Decomposed relative positions (arXiv 2112.01526 eq. 4): bias of query (h, w) and key (h', w') is
 * q . row[h - h'] + q . column[w - w'].
 * @param q [N, windows, side*side, heads*d], unscaled
 * @returns [N, windows, heads, side*side, side*side]
 */
export function relativePositions(
  net: Net,
  q: Node,
  name: string,
  { side, pretrained, heads }: RelativeOptions,
): Node {
  const [windows, perHead] = [axisLength(q.shape, 1), axisLength(q.shape, 3) / heads];
  /** The table by axis: [query, d, key] */
  const table = (axis: 'h' | 'w'): Node => {
    const key = `${name}.rel_pos_${axis}`;
    const length = net.publishedShape(key)?.[0] ?? 2 * pretrained - 1;
    const published = net.parameter(key, [length, perHead], { kind: 'constant', value: 0 });
    const matrix = net.g.constant(`relative ${length} to ${side}`, [side * side, length], () =>
      relativeMatrix(side, side, length),
    );
    const apart = net.g.reshape(net.g.matMul(matrix, published), [side, side, perHead]); // [query, key, d]
    return net.g.transpose(apart, [0, 2, 1]);
  };
  const apart = net.g.reshape(q, ['N', windows, side, side, heads, perHead]); // h, w
  const byRow = net.g.transpose(apart, [0, 1, 4, 2, 3, 5]); // [N, windows, heads, h, w, d]
  const byColumn = net.g.transpose(apart, [0, 1, 4, 3, 2, 5]); // [N, windows, heads, w, h, d]
  const rows = net.g.matMul(byRow, table('h')); // [N, windows, heads, h, w, h']
  const columns = net.g.transpose(net.g.matMul(byColumn, table('w')), [0, 1, 2, 4, 3, 5]); // [..., h, w, w']
  const flat = [windows * heads, side * side] as const;
  const sum = net.g.add(
    net.g.reshape(rows, ['N', ...flat, side, 1]),
    net.g.reshape(columns, ['N', ...flat, 1, side]),
  ); // [N, windows*heads, side*side, h', w']
  return net.g.reshape(sum, ['N', windows, heads, side * side, side * side]);
}
