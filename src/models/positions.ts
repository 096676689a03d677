import type { Node } from '../graph/ops.ts';
import type { Net } from './net.ts';

/**
 * Weights of bicubic resampling with antialiasing, [to, from] row-major: Keys' kernel with a = -1/2, widened by the
 * scale when shrinking, each row summing to one; the same as Pillow and PyTorch's `interpolate(antialias=True)`.
 * (Keys, IEEE Trans. ASSP 29(6), 1981)
 */
export function bicubicMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  for (let row = 0; row < to; row++) {
    const centre = scale * (row + 0.5);
    const first = Math.max(Math.floor(centre - 2 * stretch + 0.5), 0);
    const last = Math.min(Math.floor(centre + 2 * stretch + 0.5), from);
    const weights: number[] = [];
    for (let j = first; j < last; j++) weights.push(keysKernel((j - centre + 0.5) / stretch));
    const total = weights.reduce((sum, w) => sum + w, 0);
    weights.forEach((w, j) => {
      matrix[row * from + first + j] = w / total;
    });
  }
  return matrix;
}

function keysKernel(x: number): number {
  const [a, t] = [-0.5, Math.abs(x)];
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

/** Weights of linear resampling between pixel centres, [to, from] row-major (PyTorch's `align_corners=False`). */
export function linearMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const source = Math.max(((row + 0.5) * from) / to - 0.5, 0);
    const low = Math.floor(source);
    const high = Math.min(low + 1, from - 1);
    matrix[row * from + low]! += 1 - (source - low);
    matrix[row * from + high]! += source - low;
  }
  return matrix;
}

/** Rows and columns of patches. */
export type Grid = readonly [rows: number, columns: number];

export const squareGrid = (side: number): Grid => [side, side];

/** A table of position embeddings [h, w, C] resampled to another grid; a product with constant matrices. */
export function resampleGrid(net: Net, table: Node, [rows, columns]: Grid): Node {
  const [oldRows, oldColumns, width] = table.shape as readonly [number, number, number];
  if (oldRows === rows && oldColumns === columns) return table;
  const weights = (from: number, to: number) =>
    net.g.constant(`bicubic ${from} to ${to}`, [to, from], () => bicubicMatrix(from, to));
  const tall = net.g.matMul(weights(oldRows, rows), net.g.reshape(table, [oldRows, oldColumns * width]));
  const cut = net.g.reshape(tall, [rows, oldColumns, width]);
  return net.g.matMul(weights(oldColumns, columns), cut); // [rows, columns, C]
}

/**
 * The published position embedding `name` for a grid: [prefix + h*w, C], or with a leading 1, resampled where the
 * checkpoint's grid differs from the one asked for; the prefix tokens' embeddings stay as they are.
 * @param pretrained grid of the published model, used where the checkpoint is not at hand or holds no square grid
 * @returns [1, prefix + rows*columns, C]
 */
export function positionEmbedding(
  net: Net,
  name: string,
  { pretrained, grid, prefix, width, leading = true }: PositionOptions,
): Node {
  const published = Math.sqrt((net.publishedShape(name)?.at(-2) ?? Number.NaN) - prefix);
  const from = Number.isInteger(published) ? squareGrid(published) : pretrained; // checkWeights names what does not fit
  const count = prefix + from[0] * from[1];
  const table = net.parameter(name, leading ? [1, count, width] : [count, width]);
  const whole = leading ? table : net.g.reshape(table, [1, count, width]);
  if (from[0] === grid[0] && from[1] === grid[1]) return whole;
  const patches = net.g.reshape(prefix ? net.g.slice(whole, 1, prefix, count) : whole, [...from, width]);
  const resampled = net.g.reshape(resampleGrid(net, patches, grid), [1, grid[0] * grid[1], width]);
  return prefix ? net.g.concat([net.g.slice(whole, 1, 0, prefix), resampled], 1) : resampled;
}

interface PositionOptions {
  readonly pretrained: Grid;
  readonly grid: Grid;
  /** Tokens before the grid that have a position embedding of their own. */
  readonly prefix: number;
  readonly width: number;
  /** Whether the published tensor has a leading axis of 1. */
  readonly leading?: boolean;
}
