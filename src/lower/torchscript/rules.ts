import type { Node, NodeOf, Rules } from '../../graph/ops.ts';
import { axisLength } from '../../graph/shape.ts';
import { list, number, type ScriptWriter } from './writer.ts';

const plain =
  (op: string) =>
  ({ inputs }: { readonly inputs: readonly (Node | undefined)[] }, w: ScriptWriter): string =>
    w.call(op, ...inputs.map((x) => w.name(x!)));

/**
 * One expression, or a few lines, for each kind, with operators and arguments that PyTorch 1.11 has: `gelu` without
 * `approximate`, no `scaled_dot_product_attention`.
 */
export const RULES: Rules<ScriptWriter, string> = {
  input: (node, w) => w.input(node.attributes.name),
  weight: (node, w) => w.weight(node.attributes.name),
  constant: (node, w) => w.constant(node),
  expandBatch: (node, w) =>
    w.call('expand', w.name(node.inputs[0]), list([w.batch, ...node.shape.slice(1).map(() => -1)])),

  conv2d: (node, w) => {
    const { stride, padding, groups } = node.attributes;
    const [x, weight, bias] = node.inputs;
    const pair = (n: number) => list([n, n]);
    return w.call(
      'conv2d',
      ...[w.name(x), w.name(weight), optional(bias, w)],
      ...[pair(stride), pair(padding), pair(1), String(groups)],
    );
  },
  linear: (node, w) => {
    const [x, weight, bias] = node.inputs;
    return w.call('linear', w.name(x), w.name(weight), optional(bias, w));
  },
  matMul: plain('matmul'),
  attention: (node, w) => attention(node, w),

  layerNorm: (node, w) => {
    const [x, weight, bias] = node.inputs;
    const width = list([axisLength(x.shape, -1)]);
    return w.call(
      'layer_norm',
      ...[w.name(x), width, w.name(weight), w.name(bias), number(node.attributes.epsilon)],
    );
  },
  softmax: (node, w) => w.call('softmax', w.name(node.inputs[0]), '-1'),
  mean: (node, w) => w.call('mean', w.name(node.inputs[0]), list([node.attributes.axis])),

  add: plain('add'),
  mul: plain('mul'),
  scale: (node, w) => w.call('mul', w.name(node.inputs[0]), number(node.attributes.factor)),
  gelu: plain('gelu'),
  geluTanh: (node, w) => {
    const x = w.name(node.inputs[0]);
    const cube = w.call('mul', w.call('mul', x, x), x);
    const inner = w.call('add', x, w.call('mul', cube, number(0.044715)));
    const gate = w.call('add', w.call('tanh', w.call('mul', inner, number(Math.sqrt(2 / Math.PI)))), '1.');
    return w.call('mul', w.call('mul', x, '0.5'), gate);
  },
  quickGelu: (node, w) => {
    const x = w.name(node.inputs[0]);
    return w.call('mul', x, w.call('sigmoid', w.call('mul', x, '1.702')));
  },
  silu: plain('silu'),

  reshape: (node, w) => w.call('reshape', w.name(node.inputs[0]), w.lengths(node.shape)),
  transpose: (node, w) => w.call('permute', w.name(node.inputs[0]), list(node.attributes.axes)),
  concat: (node, w) => w.call('cat', list(node.inputs.map((x) => w.name(x))), String(node.attributes.axis)),
  slice: (node, w) => {
    const { axis, start, end } = node.attributes;
    return w.call('slice', w.name(node.inputs[0]), String(axis), String(start), String(end));
  },
  padEnd: (node, w) => {
    const { axis, count } = node.attributes;
    // Pairs (before, after) from the last axis on.
    const pairs = Array.from({ length: node.shape.length - axis }, (_, i) =>
      i === node.shape.length - axis - 1 ? [0, count] : [0, 0],
    );
    return w.call('constant_pad_nd', w.name(node.inputs[0]), list(pairs.flat()), '0');
  },
};

function optional(x: Node | undefined, w: ScriptWriter): string {
  return x ? w.name(x) : 'None';
}

/** softmax(q k^T / sqrt(d) + bias) v in each head. */
function attention(node: NodeOf<'attention'>, w: ScriptWriter): string {
  const [q, k, v, bias] = node.inputs;
  const { heads } = node.attributes;
  const width = axisLength(q.shape, -1) / heads;
  const split = (x: Node) => {
    const apart = w.call('reshape', w.name(x), w.lengths([...x.shape.slice(0, -1), heads, width]));
    return w.call('transpose', apart, '-3', '-2'); // [..., heads, T, d]
  };
  const scaled = w.call('mul', split(q), number(width ** -0.5));
  let products = w.call('matmul', scaled, w.call('transpose', split(k), '-2', '-1')); // [..., heads, T, S]
  if (bias) products = w.call('add', products, w.name(bias));
  const mixed = w.call('matmul', w.call('softmax', products, '-1'), split(v)); // [..., heads, T, d]
  return w.call('reshape', w.call('transpose', mixed, '-3', '-2'), w.lengths(node.shape));
}
