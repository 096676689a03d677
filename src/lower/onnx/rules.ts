import type { Node, NodeOf, Rules } from '../../graph/ops.ts';
import { axisLength, type Shape } from '../../graph/shape.ts';
import { parameterOf } from './parameters.ts';
import type { OnnxWriter } from './writer.ts';

/** Lengths for Reshape: the batch is what remains. */
const lengths = (shape: Shape): number[] => shape.map((d) => (d === 'N' ? -1 : d));
/** The last `kept` axes as they are, all before them as one. */
const flattened = (shape: Shape, kept: number): number[] => [
  -1,
  ...shape.slice(-kept).map((_, i) => axisLength(shape, i - kept)),
];

const plain =
  (op: string) =>
  ({ inputs }: { readonly inputs: readonly (Node | undefined)[] }, w: OnnxWriter): string =>
    w.node(
      op,
      inputs.map((x) => w.name(x!)),
    );

/** One ONNX operator, or a few, for each kind: opset 20, and ONNX Runtime's own fused operators unless portable. */
export const RULES: Rules<OnnxWriter, string> = {
  input: (node, w) => w.input(node.attributes.name),
  weight: ({ attributes: { name } }, w) => w.weight({ key: name, name }),
  constant: (node, w) => w.float(node.attributes.data, node.shape as readonly number[]),
  expandBatch: (node, w) => {
    const shape = w.node('Concat', [w.batch(), w.ints(lengths(node.shape.slice(1)))], { axis: { int: 0 } });
    return w.node('Expand', [w.name(node.inputs[0]), shape]);
  },

  conv2d: (node, w) => {
    const { stride, padding, groups } = node.attributes;
    const weight = node.inputs[1].shape;
    return w.node(
      'Conv',
      node.inputs.map((x) => w.name(x!)),
      {
        kernel_shape: { ints: [axisLength(weight, 2), axisLength(weight, 3)] },
        strides: { ints: [stride, stride] },
        pads: { ints: [padding, padding, padding, padding] },
        group: { int: groups },
      },
    );
  },
  // Gemm reads the weight in its published layout [out, in], where MatMul would need a transposed copy.
  linear: (node, w) => {
    const [x, ...parameters] = node.inputs;
    const names = parameters.map((p) => w.name(p!));
    const matrix = parameterOf(parameters[0]);
    const scales = matrix && w.scales(matrix);
    if (scales) return int8Product(w.name(x), names, scales, w);
    const gemm = (rows: string) => w.node('Gemm', [rows, ...names], { transB: { int: 1 } });
    if (x.shape.length === 2) return gemm(w.name(x));
    const rows = w.reshape(w.name(x), flattened(x.shape, 1));
    return w.reshape(gemm(rows), lengths(node.shape));
  },
  matMul: plain('MatMul'),
  attention: (node, w) => (w.portable ? attentionByProducts(node, w) : fusedAttention(node, w)),

  layerNorm: (node, w) =>
    w.node(
      'LayerNormalization',
      node.inputs.map((x) => w.name(x)),
      { axis: { int: -1 }, epsilon: { float: node.attributes.epsilon } },
    ),
  softmax: (node, w) => w.node('Softmax', [w.name(node.inputs[0])], { axis: { int: -1 } }),
  mean: (node, w) =>
    w.node('ReduceMean', [w.name(node.inputs[0]), w.ints([node.attributes.axis])], { keepdims: { int: 0 } }),

  add: plain('Add'),
  mul: plain('Mul'),
  scale: (node, w) =>
    w.node('Mul', [w.name(node.inputs[0]), w.float(Float32Array.of(node.attributes.factor), [])]),
  gelu: (node, w) => w.node('Gelu', [w.name(node.inputs[0])]),
  geluTanh: (node, w) => w.node('Gelu', [w.name(node.inputs[0])], { approximate: { text: 'tanh' } }),
  quickGelu: (node, w) => swish(w.name(node.inputs[0]), 1.702, w),
  silu: (node, w) => swish(w.name(node.inputs[0]), 1, w),

  reshape: (node, w) => w.reshape(w.name(node.inputs[0]), lengths(node.shape)),
  transpose: (node, w) =>
    w.node('Transpose', [w.name(node.inputs[0])], { perm: { ints: node.attributes.axes } }),
  concat: (node, w) =>
    w.node(
      'Concat',
      node.inputs.map((x) => w.name(x)),
      { axis: { int: node.attributes.axis } },
    ),
  slice: (node, w) => {
    const rows = parameterOf(node);
    const inPlace = rows && w.rows(rows);
    if (inPlace) return inPlace;
    const { start, end, axis } = node.attributes;
    return w.node('Slice', [w.name(node.inputs[0]), w.ints([start]), w.ints([end]), w.ints([axis])]);
  },
  padEnd: (node, w) => {
    const { count, axis } = node.attributes;
    return w.node('Pad', [w.name(node.inputs[0]), w.ints([0, count]), '', w.ints([axis])]);
  },
};

/** x is rounded to 8 bits with one scale for the whole of it, so a run must hold a single image. */
function int8Product(x: string, [matrix, ...bias]: readonly string[], scales: string, w: OnnxWriter): string {
  const zeroPoints = ''; // all zero
  return w.node('DynamicQuantizeMatMul', [x, matrix!, scales, zeroPoints, ...bias], {}, 'com.microsoft');
}

/** x * sigmoid(alpha x) */
function swish(x: string, alpha: number, w: OnnxWriter): string {
  if (!w.portable) return w.node('QuickGelu', [x], { alpha: { float: alpha } }, 'com.microsoft');
  const scaled = alpha === 1 ? x : w.node('Mul', [x, w.float(Float32Array.of(alpha), [])]);
  return w.node('Mul', [x, w.node('Sigmoid', [scaled])]);
}

function fusedAttention(node: NodeOf<'attention'>, w: OnnxWriter): string {
  const [q, k, v, bias] = node.inputs;
  const three = (x: Node) => (x.shape.length === 3 ? w.name(x) : w.reshape(w.name(x), flattened(x.shape, 2)));
  const inputs = [three(q), three(k), three(v)];
  if (bias) inputs.push('', '', w.reshape(w.name(bias), flattened(bias.shape, 3)));
  const heads = { num_heads: { int: node.attributes.heads } };
  const result = w.node('MultiHeadAttention', inputs, heads, 'com.microsoft');
  return node.shape.length === 3 ? result : w.reshape(result, lengths(node.shape));
}

function attentionByProducts(node: NodeOf<'attention'>, w: OnnxWriter): string {
  const [q, k, v, bias] = node.inputs;
  const { heads } = node.attributes;
  const width = axisLength(q.shape, -1) / heads;
  const split = (x: Node, axes: readonly number[]) => {
    const apart = w.reshape(w.name(x), [-1, axisLength(x.shape, -2), heads, width]);
    return w.node('Transpose', [apart], { perm: { ints: axes } });
  };
  const scale = w.float(Float32Array.of(width ** -0.5), []);
  let products = w.node('MatMul', [w.node('Mul', [split(q, [0, 2, 1, 3]), scale]), split(k, [0, 2, 3, 1])]);
  if (bias) products = w.node('Add', [products, w.reshape(w.name(bias), flattened(bias.shape, 3))]);
  const shares = w.node('Softmax', [products], { axis: { int: -1 } });
  const mixed = w.node('MatMul', [shares, split(v, [0, 2, 1, 3])]);
  return w.reshape(w.node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } }), lengths(node.shape));
}
