import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';
import type { Node, NodeOf, Rules } from '../../graph/ops.ts';
import { withBatch } from '../../graph/shape.ts';
import { gelu, geluTanh, quickGelu, silu } from './activations.ts';
import { depthwiseConvolution, patchConvolution } from './convolution.ts';
import { normalise } from './layer-norm.ts';
import { matMul, matMulTransposed } from './matmul.ts';

export interface Context {
  readonly batch: number;
  readonly pixels: tf.Tensor;
  weight(name: string): tf.Tensor;
  constant(node: NodeOf<'constant'>): tf.Tensor;
  /** Value of a node that came before. */
  value(node: Node): tf.Tensor;
}

const pointwise =
  (f: (x: tf.Tensor) => tf.Tensor) =>
  ({ inputs: [x] }: { readonly inputs: readonly [x: Node] }, c: Context): tf.Tensor =>
    f(c.value(x));

/** The ops that every TensorFlow.js back end can differentiate: no einsum, no gather, no native convolution. */
export const RULES: Rules<Context, tf.Tensor> = {
  input: (_, c) => c.pixels,
  weight: (node, c) => c.weight(node.attributes.name),
  constant: (node, c) => c.constant(node),
  expandBatch: (node, c) => tf.broadcastTo(c.value(node.inputs[0]), withBatch(node.shape, c.batch)),

  conv2d: (node, c) => {
    const [x, weight] = [c.value(node.inputs[0]), c.value(node.inputs[1])];
    const product = convolve(node, x, weight);
    const bias = node.inputs[2];
    return bias ? tf.add(product, tf.reshape(c.value(bias), [1, -1, 1, 1])) : product;
  },
  linear: (node, c) => {
    const [x, weight] = [c.value(node.inputs[0]), c.value(node.inputs[1])];
    const product = matMulTransposed(tf.reshape(x, [-1, x.shape.at(-1)!]), weight);
    const shaped = tf.reshape(product, withBatch(node.shape, c.batch));
    const bias = node.inputs[2];
    return bias ? tf.add(shaped, c.value(bias)) : shaped;
  },
  matMul: (node, c) => broadcastMatMul(c.value(node.inputs[0]), c.value(node.inputs[1])),
  attention: (node, c) => {
    const [q, k, v] = [c.value(node.inputs[0]), c.value(node.inputs[1]), c.value(node.inputs[2])];
    const { heads } = node.attributes;
    const perHead = q.shape.at(-1)! / heads;
    const [queries, keys] = [q.shape.at(-2)!, k.shape.at(-2)!];
    const groups = q.size / (queries * perHead * heads);
    /** [..., T, heads*d] -> [groups*heads, T, d] or, for axes 3 before 1, [groups*heads, d, T] */
    const split = (x: tf.Tensor, tokens: number, axes: [number, number, number, number]) => {
      const apart = tf.transpose(tf.reshape(x, [groups, tokens, heads, perHead]), axes);
      return tf.reshape(apart, [groups * heads, ...apart.shape.slice(2)]);
    };
    const scaled = tf.mul(q, perHead ** -0.5);
    const products = matMul(split(scaled, queries, [0, 2, 1, 3]), split(k, keys, [0, 2, 3, 1]));
    const bias = node.inputs[3] && tf.reshape(c.value(node.inputs[3]), products.shape);
    const shares = tf.softmax(bias ? tf.add(products, bias) : products);
    const mixed = matMul(shares, split(v, keys, [0, 2, 1, 3])); // [groups*heads, T, d]
    const apart = tf.reshape(mixed, [groups, heads, queries, perHead]);
    return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), withBatch(node.shape, c.batch));
  },

  layerNorm: (node, c) => {
    const normed = normalise(c.value(node.inputs[0]), node.attributes.epsilon);
    return tf.add(tf.mul(normed, c.value(node.inputs[1])), c.value(node.inputs[2]));
  },
  softmax: pointwise((x) => tf.softmax(x)),
  mean: (node, c) => tf.mean(c.value(node.inputs[0]), node.attributes.axis),

  add: (node, c) => tf.add(c.value(node.inputs[0]), c.value(node.inputs[1])),
  mul: (node, c) => tf.mul(c.value(node.inputs[0]), c.value(node.inputs[1])),
  scale: (node, c) => tf.mul(c.value(node.inputs[0]), node.attributes.factor),
  gelu: pointwise(gelu),
  geluTanh: pointwise(geluTanh),
  quickGelu: pointwise(quickGelu),
  silu: pointwise(silu),

  reshape: (node, c) => tf.reshape(c.value(node.inputs[0]), withBatch(node.shape, c.batch)),
  transpose: (node, c) => tf.transpose(c.value(node.inputs[0]), [...node.attributes.axes]),
  concat: (node, c) =>
    tf.concat(
      node.inputs.map((x) => c.value(x)),
      node.attributes.axis,
    ),
  slice: (node, c) => {
    const { axis, start } = node.attributes;
    const size = withBatch(node.shape, c.batch);
    const begin = size.map((_, i) => (i === axis ? start : 0));
    return tf.slice(c.value(node.inputs[0]), begin, size);
  },
  padEnd: (node, c) => {
    const { axis, count } = node.attributes;
    const x = c.value(node.inputs[0]);
    return tf.pad(
      x,
      x.shape.map((_, i): [number, number] => [0, i === axis ? count : 0]),
    );
  },
};

function convolve(node: NodeOf<'conv2d'>, x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const { stride, padding, groups } = node.attributes;
  const [, perGroup, height, width] = weight.shape as [number, number, number, number];
  if (height === width && stride === height && padding === 0 && groups === 1)
    return patchConvolution(x, weight);
  if (
    height === width &&
    stride === 1 &&
    2 * padding === height - 1 &&
    perGroup === 1 &&
    groups === x.shape[1]
  )
    return depthwiseConvolution(x, weight);
  throw internalError(
    `no convolution of stride ${stride}, padding ${padding}, ${groups} groups on TensorFlow.js`,
  );
}

/** NumPy's matrix product in terms of equal batches, which is all that TensorFlow.js differentiates well. */
function broadcastMatMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [inner, columns] = b.shape.slice(-2) as [number, number];
  if (b.rank === 2) {
    const product = matMul(tf.reshape(a, [-1, inner]), b);
    return tf.reshape(product, [...a.shape.slice(0, -1), columns]);
  }
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (b.rank === 3 && a.rank > 3 && a.shape.at(-3) === b.shape[0]) return sharedBatch(a, b);
  const batched = (x: tf.Tensor) => {
    const matrix = x.shape.slice(-2);
    return tf.reshape(tf.broadcastTo(x, [...leading, ...matrix]), [-1, ...matrix]);
  };
  return tf.reshape(matMul(batched(a), batched(b)), [...leading, a.shape.at(-2)!, columns]);
}

/** [..., B, M, K] x [B, K, P] without repeating b: the axes before B go beside M. */
function sharedBatch(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [batch, rows, inner] = a.shape.slice(-3) as [number, number, number];
  const before = a.shape.slice(0, -3);
  const outer = before.reduce((n, d) => n * d, 1);
  const front = tf.transpose(tf.reshape(a, [outer, batch, rows, inner]), [1, 0, 2, 3]);
  const product = matMul(tf.reshape(front, [batch, outer * rows, inner]), b);
  const columns = b.shape[2]!;
  const back = tf.transpose(tf.reshape(product, [batch, outer, rows, columns]), [1, 0, 2, 3]);
  return tf.reshape(back, [...before, batch, rows, columns]);
}
