import type { Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
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

/** A table of position embeddings [from, from, C] resampled to [to, to, C]; a product with constant matrices. */
export function resampleGrid(net: Net, table: Node, to: number): Node {
  const [from, width] = [axisLength(table.shape, 0), axisLength(table.shape, 2)];
  if (from === to) return table;
  const weights = net.g.constant(`bicubic ${from} to ${to}`, [to, from], () => bicubicMatrix(from, to));
  const rows = net.g.matMul(weights, net.g.reshape(table, [from, from * width])); // [to, from*C]
  return net.g.matMul(weights, net.g.reshape(rows, [to, from, width])); // [to, to, C]
}

/**
 * The published position embedding `name` for a grid: [prefix + g*g, C], or with a leading 1, resampled where the
 * checkpoint's grid differs from the one asked for; the prefix tokens' embeddings stay as they are.
 * @param pretrained grid side of the published model, used where the checkpoint is not at hand
 * @returns [1, prefix + grid*grid, C]
 */
export function positionEmbedding(
  net: Net,
  name: string,
  { pretrained, grid, prefix, width, leading = true }: PositionOptions,
): Node {
  const published = Math.sqrt((net.publishedShape(name)?.at(-2) ?? Number.NaN) - prefix);
  const from = Number.isInteger(published) ? published : pretrained; // checkWeights names what is not square
  const count = prefix + from ** 2;
  const table = net.parameter(name, leading ? [1, count, width] : [count, width]);
  const whole = leading ? table : net.g.reshape(table, [1, count, width]);
  if (from === grid) return whole;
  const square = net.g.reshape(prefix ? net.g.slice(whole, 1, prefix, count) : whole, [from, from, width]);
  const resampled = net.g.reshape(resampleGrid(net, square, grid), [1, grid * grid, width]);
  return prefix ? net.g.concat([net.g.slice(whole, 1, 0, prefix), resampled], 1) : resampled;
}

interface PositionOptions {
  readonly pretrained: number;
  readonly grid: number;
  /** Tokens before the grid that have a position embedding of their own. */
  readonly prefix: number;
  readonly width: number;
  /** Whether the published tensor has a leading axis of 1. */
  readonly leading?: boolean;
}
