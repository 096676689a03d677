import type { GraphBuilder } from '../builder.ts';
import type { Node, Rules } from '../ops.ts';
import { type Shape, sameShape } from '../shape.ts';
import { type Box, length, type Range, shapeOf, wholeBox } from './box.ts';

/** How a part of a node's result is computed. */
export interface Part {
  /** What comes out: the part asked for, whole along the axes that cannot be computed in parts. */
  readonly box: Box;
  /** What it takes of each input; undefined: nothing. */
  readonly inputs: readonly (Box | undefined)[];
  /** From those parts, in order, without the inputs that nothing is taken of. */
  readonly make: (g: GraphBuilder, inputs: readonly Node[]) => Node;
}

/** The same operation on parts of its inputs. */
function same(node: Node, box: Box, inputs: readonly Box[]): Part {
  return { box, inputs, make: (g, parts) => g.like(node, parts) };
}

/** All of the result from all of each input. */
function whole(node: Node): Part {
  return same(
    node,
    wholeBox(node.shape),
    node.inputs.map((input) => wholeBox(input!.shape)),
  );
}

/** Each element from those at its place in inputs that broadcast. */
function elementwise(node: Node, box: Box): Part {
  return same(
    node,
    box,
    node.inputs.map((input) => ofOperand(input!.shape, box)),
  );
}

/** Part of an operand that is aligned at the end and stretched where it has length 1. */
function ofOperand(shape: Shape, box: Box): Box {
  const all = wholeBox(shape);
  const aligned = box.slice(box.length - shape.length);
  return all.map((range, i) => (range.end === 1 ? range : aligned[i]!));
}

/** The box, whole along the last axis. */
function wholeRows(shape: Shape, box: Box): Box {
  return box.with(-1, wholeBox(shape).at(-1)!);
}

export const PARTS: Rules<Box, Part> = {
  input: whole,
  weight: whole,
  constant: (node, box) => {
    const { name, data } = node.attributes;
    const lengths = box.map(length);
    if (sameShape(lengths, node.shape)) return whole(node);
    const part = `${name}[${box.map(({ start, end }) => `${start}:${end}`).join(', ')}]`;
    const numbers = () => cut(data, node.shape as readonly number[], box);
    return { box, inputs: [], make: (g) => g.constant(part, lengths, numbers) };
  },
  expandBatch: elementwise,

  conv2d: whole,
  linear: (node, box) => {
    const [x, weight, bias] = node.inputs;
    const outputs = box.at(-1)!;
    const rows = wholeRows(weight.shape, [outputs, outputs]);
    return same(node, box, [wholeRows(x.shape, box), rows, ...(bias ? [[outputs]] : [])]);
  },
  matMul: (node, box) => {
    const [a, b] = node.inputs;
    const inner = wholeBox(a.shape).at(-1)!;
    const columns = box.with(-2, inner);
    return same(node, box, [ofOperand(a.shape, box.with(-1, inner)), ofOperand(b.shape, columns)]);
  },
  attention: (node, asked) => {
    const [, k, v, bias] = node.inputs;
    const box = wholeRows(node.shape, asked);
    const keys = box.with(-2, wholeBox(k.shape).at(-2)!);
    const inputs = [box, keys, wholeRows(v.shape, keys)];
    if (bias) inputs.push([...box.slice(0, -2), ...wholeBox(bias.shape).slice(-3)].with(-2, box.at(-2)!));
    return same(node, box, inputs);
  },

  layerNorm: (node, asked) => {
    const [, weight, bias] = node.inputs;
    const box = wholeRows(node.shape, asked);
    return same(node, box, [box, wholeBox(weight.shape), wholeBox(bias.shape)]);
  },
  softmax: (node, asked) => {
    const box = wholeRows(node.shape, asked);
    return same(node, box, [box]);
  },
  mean: (node, box) => {
    const { axis } = node.attributes;
    return same(node, box, [box.toSpliced(axis, 0, wholeBox(node.inputs[0].shape)[axis]!)]);
  },

  add: elementwise,
  mul: elementwise,
  scale: elementwise,
  gelu: elementwise,
  geluTanh: elementwise,
  quickGelu: elementwise,
  silu: elementwise,

  reshape: (node, asked) => {
    const x = node.inputs[0];
    // The axes before the first that changes.
    const changed = node.shape.findIndex((d, i) => d !== x.shape[i]);
    const kept = changed < 0 ? node.shape.length : changed;
    const narrowed = (shape: Shape): Box => wholeBox(shape).map((range, i) => (i < kept ? asked[i]! : range));
    const box = narrowed(node.shape);
    const make = (g: GraphBuilder, [part]: readonly Node[]) => g.reshape(part!, shapeOf(node.shape, box));
    return { box, inputs: [narrowed(x.shape)], make };
  },
  transpose: (node, box) => {
    const from: Range[] = [];
    node.attributes.axes.forEach((axis, i) => {
      from[axis] = box[i]!;
    });
    return same(node, box, [from]);
  },
  concat: (node, box) => {
    const { axis } = node.attributes;
    const { start, end } = box[axis]!;
    let before = 0;
    const inputs = node.inputs.map(({ shape }) => {
      const count = shape[axis] as number;
      const range = { start: Math.max(0, start - before), end: Math.min(count, end - before) };
      before += count;
      return range.start < range.end ? box.with(axis, range) : undefined;
    });
    const make = (g: GraphBuilder, parts: readonly Node[]) =>
      parts.length === 1 ? parts[0]! : g.concat(parts, axis);
    return { box, inputs, make };
  },
  slice: (node, box) => {
    const { axis, start: offset } = node.attributes;
    const { start, end } = box[axis]!;
    const from = box.with(axis, { start: start + offset, end: end + offset });
    return { box, inputs: [from], make: (_, [part]) => part! };
  },
  padEnd: (node, asked) => {
    const { axis } = node.attributes;
    const box = asked.with(axis, wholeBox(node.shape)[axis]!);
    return same(node, box, [box.with(axis, wholeBox(node.inputs[0].shape)[axis]!)]);
  },
};

/** The numbers of a box, row-major. */
function cut(data: Float32Array, shape: readonly number[], box: Box): Float32Array {
  const lengths = box.map(length);
  const result = new Float32Array(lengths.reduce((n, d) => n * d, 1));
  for (let i = 0; i < result.length; i++) {
    let rest = i;
    let from = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (box[axis]!.start + (rest % lengths[axis]!)) * stride;
      rest = Math.floor(rest / lengths[axis]!);
      stride *= shape[axis]!;
    }
    result[i] = data[from]!;
  }
  return result;
}
