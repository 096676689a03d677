/** A row-major tensor with every axis known. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Elements between neighbours along each axis. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= shape[axis]!;
  }
  return result;
}

/**
 * A new tensor whose element at `index` is `value(index)`; the same array is reused for every index, which runs
 * through the shape in row-major order.
 */
export function generate(shape: readonly number[], value: (index: readonly number[]) => number): Tensor {
  const data = new Float32Array(size(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return { shape, data };
}

/** Element of x at an index of a shape that x broadcasts to. */
export function reader(x: Tensor): (index: readonly number[]) => number {
  const steps = strides(x.shape).map((step, axis) => (x.shape[axis] === 1 ? 0 : step));
  return (index) => {
    const skip = index.length - steps.length;
    let at = 0;
    for (let axis = 0; axis < steps.length; axis++) at += steps[axis]! * index[axis + skip]!;
    return x.data[at]!;
  };
}

/** Each row of the last axis replaced by `map(row)`. */
export function mapRows(x: Tensor, map: (row: Float32Array) => ArrayLike<number>): Tensor {
  const width = x.shape.at(-1)!;
  const data = new Float32Array(x.data.length);
  for (let at = 0; at < data.length; at += width) data.set(map(x.data.subarray(at, at + width)), at);
  return { shape: x.shape, data };
}
