import { internalError } from '../common/errors.ts';
import type { NodeOf, OpKind, OpSpecs } from './ops.ts';
import {
  axisLength,
  broadcast,
  type Dim,
  elementsPerImage,
  type Shape,
  sameShape,
  shapeText,
} from './shape.ts';

type Inferred = Exclude<OpKind, 'input' | 'weight' | 'constant'>;
type ShapeRule<K extends OpKind> = (
  inputs: OpSpecs[K]['inputs'],
  attributes: OpSpecs[K]['attributes'],
) => Shape;

/** Throws `internal:` unless it holds: a wrong shape is a mistake in a network's definition, never the user's. */
function must(condition: boolean, kind: OpKind, what: string): asserts condition {
  if (!condition) throw internalError(`${kind}: ${what}`);
}

const same = ([x]: readonly [x: { readonly shape: Shape }]): Shape => x.shape;

/** Shape of each kind's result from its inputs; checks what the kind demands of them. */
const SHAPES: { readonly [K in Inferred]: ShapeRule<K> } = {
  expandBatch: ([x]) => {
    must(x.shape[0] === 1, 'expandBatch', `${shapeText(x.shape)} must begin with 1`);
    return ['N', ...x.shape.slice(1)];
  },
  conv2d: ([x, weight, bias], { stride, padding, groups }) => {
    must(x.shape.length === 4 && weight.shape.length === 4, 'conv2d', 'input and weight have four axes');
    const [outputs, perGroup] = [axisLength(weight.shape, 0), axisLength(weight.shape, 1)];
    must(
      axisLength(x.shape, 1) === perGroup * groups,
      'conv2d',
      `${shapeText(x.shape)} against weight ${shapeText(weight.shape)} in ${groups} groups`,
    );
    must(!bias || sameShape(bias.shape, [outputs]), 'conv2d', `bias must be [${outputs}]`);
    const side = (axis: number) => {
      const length = axisLength(x.shape, axis) + 2 * padding - axisLength(weight.shape, axis);
      must(length >= 0, 'conv2d', `kernel ${shapeText(weight.shape)} is larger than ${shapeText(x.shape)}`);
      return Math.floor(length / stride) + 1;
    };
    return [x.shape[0]!, outputs, side(2), side(3)];
  },
  linear: ([x, weight, bias]) => {
    must(weight.shape.length === 2, 'linear', 'weight has two axes');
    const outputs = axisLength(weight.shape, 0);
    must(
      axisLength(x.shape, -1) === axisLength(weight.shape, 1),
      'linear',
      `${shapeText(x.shape)} against weight ${shapeText(weight.shape)}`,
    );
    must(!bias || sameShape(bias.shape, [outputs]), 'linear', `bias must be [${outputs}]`);
    return [...x.shape.slice(0, -1), outputs];
  },
  matMul: ([a, b]) => {
    must(a.shape.length >= 2 && b.shape.length >= 2, 'matMul', 'both have at least two axes');
    must(a.shape.at(-1) === b.shape.at(-2), 'matMul', `${shapeText(a.shape)} x ${shapeText(b.shape)}`);
    const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [...leading, a.shape.at(-2)!, b.shape.at(-1)!];
  },
  attention: ([q, k, v, bias], { heads }) => {
    const width = axisLength(q.shape, -1);
    must(width % heads === 0, 'attention', `width ${width} in ${heads} heads`);
    must(
      sameShape(k.shape, v.shape) && sameShape(q.shape.toSpliced(-2, 1), k.shape.toSpliced(-2, 1)),
      'attention',
      `q ${shapeText(q.shape)}, k ${shapeText(k.shape)}, v ${shapeText(v.shape)}`,
    );
    const products = [...q.shape.slice(0, -2), heads, q.shape.at(-2)!, k.shape.at(-2)!];
    must(!bias || sameShape(bias.shape, products), 'attention', `bias must be ${shapeText(products)}`);
    return q.shape;
  },
  layerNorm: ([x, weight, bias]) => {
    const width = [axisLength(x.shape, -1)];
    must(
      sameShape(weight.shape, width) && sameShape(bias.shape, width),
      'layerNorm',
      `${shapeText(x.shape)} with weight ${shapeText(weight.shape)} and bias ${shapeText(bias.shape)}`,
    );
    return x.shape;
  },
  softmax: same,
  mean: ([x], { axis }) => {
    axisLength(x.shape, axis);
    return x.shape.toSpliced(axis, 1);
  },
  add: ([a, b]) => broadcast(a.shape, b.shape),
  mul: ([a, b]) => broadcast(a.shape, b.shape),
  scale: same,
  gelu: same,
  geluTanh: same,
  quickGelu: same,
  silu: same,
  reshape: ([x], { shape }) => {
    must(
      elementsPerImage(x.shape) === elementsPerImage(shape) && (x.shape[0] === 'N') === (shape[0] === 'N'),
      'reshape',
      `${shapeText(x.shape)} to ${shapeText(shape)}`,
    );
    return shape;
  },
  transpose: ([x], { axes }) => {
    const complete = axes.toSorted((a, b) => a - b).every((axis, i) => axis === i);
    must(complete && axes.length === x.shape.length, 'transpose', `axes [${axes}] of ${shapeText(x.shape)}`);
    return axes.map((axis) => x.shape[axis]!);
  },
  concat: (inputs, { axis }) => {
    const first = inputs[0];
    must(first !== undefined, 'concat', 'needs an input');
    const rest = first.shape.toSpliced(axis, 1);
    let length = 0;
    for (const x of inputs) {
      must(sameShape(x.shape.toSpliced(axis, 1), rest), 'concat', `${shapeText(x.shape)} on axis ${axis}`);
      length += axisLength(x.shape, axis);
    }
    return first.shape.with(axis, length);
  },
  slice: ([x], { axis, start, end }) => {
    const length = axisLength(x.shape, axis);
    must(start >= 0 && start < end && end <= length, 'slice', `${start}..${end} of ${shapeText(x.shape)}`);
    return x.shape.with(axis, end - start);
  },
  padEnd: ([x], { axis, count }) => {
    must(count >= 0, 'padEnd', `${count} zeros`);
    return x.shape.with(axis, axisLength(x.shape, axis) + count);
  },
};

export function inferShape<K extends Inferred>(
  kind: K,
  inputs: OpSpecs[K]['inputs'],
  attributes: OpSpecs[K]['attributes'],
): Shape {
  const shape = SHAPES[kind](inputs, attributes);
  checkShape(kind, shape);
  return shape;
}

/** Every axis has a positive length, and only the first may be the batch. */
export function checkShape(kind: OpKind, shape: readonly Dim[]): void {
  shape.forEach((d, axis) => {
    const legal = d === 'N' ? axis === 0 : Number.isInteger(d) && d > 0;
    must(legal, kind, `${shapeText(shape)} is no shape (axis ${axis})`);
  });
}

export function isLeaf(node: NodeOf<OpKind>): node is NodeOf<'input' | 'weight' | 'constant'> {
  return node.kind === 'input' || node.kind === 'weight' || node.kind === 'constant';
}
