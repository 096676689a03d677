import type { Shape } from './shape.ts';

/** How a weight starts when it is not loaded: what `randomWeights` draws. */
export type Init =
  | { readonly kind: 'constant'; readonly value: number }
  /** Normal, cut off at two standard deviations. */
  | { readonly kind: 'truncatedNormal'; readonly std: number };

/** Inputs and attributes of every kind of node. `...` stands for any leading axes. */
export interface OpSpecs {
  /** What the caller gives at run time. */
  input: { inputs: readonly []; attributes: { readonly name: string } };
  /** A published tensor, under its published name and in its published layout. */
  weight: { inputs: readonly []; attributes: { readonly name: string; readonly init: Init } };
  /** Numbers known when the graph is built; `name` is unique and says what they are. */
  constant: { inputs: readonly []; attributes: { readonly name: string; readonly data: Float32Array } };
  /** The constant-batch tensor [1, ...] repeated to [N, ...]. */
  expandBatch: { inputs: readonly [x: Node]; attributes: Empty };

  /** [N, C, H, W], weight [O, C / groups, kh, kw], bias [O] -> [N, O, H', W'] */
  conv2d: {
    inputs: readonly [x: Node, weight: Node, bias?: Node];
    attributes: { readonly stride: number; readonly padding: number; readonly groups: number };
  };
  /** [..., I], weight [O, I], bias [O] -> [..., O] = x weight^T + bias */
  linear: { inputs: readonly [x: Node, weight: Node, bias?: Node]; attributes: Empty };
  /** [..., M, K] x [..., K, P] -> [..., M, P], leading axes broadcast */
  matMul: { inputs: readonly [a: Node, b: Node]; attributes: Empty };
  /**
   * Scaled dot-product attention in `heads` heads: q [..., T, heads*d], k and v [..., S, heads*d], bias added to the
   * scaled products [..., heads, T, S] -> [..., T, heads*d]. Scale d^-1/2. (Vaswani et al., 2017, eq. 1)
   */
  attention: {
    inputs: readonly [q: Node, k: Node, v: Node, bias?: Node];
    attributes: { readonly heads: number };
  };

  /** Over the last axis: (x - mean) / sqrt(variance + epsilon) * weight + bias */
  layerNorm: {
    inputs: readonly [x: Node, weight: Node, bias: Node];
    attributes: { readonly epsilon: number };
  };
  /** Over the last axis. */
  softmax: { inputs: readonly [x: Node]; attributes: Empty };
  /** Mean over one axis, which disappears. */
  mean: { inputs: readonly [x: Node]; attributes: { readonly axis: number } };

  /** Broadcasts. */
  add: { inputs: readonly [a: Node, b: Node]; attributes: Empty };
  /** Broadcasts. */
  mul: { inputs: readonly [a: Node, b: Node]; attributes: Empty };
  /** x * factor */
  scale: { inputs: readonly [x: Node]; attributes: { readonly factor: number } };

  /** x * Phi(x) (arXiv 1606.08415) */
  gelu: { inputs: readonly [x: Node]; attributes: Empty };
  /** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) */
  geluTanh: { inputs: readonly [x: Node]; attributes: Empty };
  /** x * sigmoid(1.702 x) */
  quickGelu: { inputs: readonly [x: Node]; attributes: Empty };
  /** x * sigmoid(x) */
  silu: { inputs: readonly [x: Node]; attributes: Empty };

  /** The batch axis stays the first. */
  reshape: { inputs: readonly [x: Node]; attributes: { readonly shape: Shape } };
  /** Axis i of the result is axis `axes[i]` of x. */
  transpose: { inputs: readonly [x: Node]; attributes: { readonly axes: readonly number[] } };
  concat: { inputs: readonly Node[]; attributes: { readonly axis: number } };
  /** Elements start .. end - 1 of one axis. */
  slice: {
    inputs: readonly [x: Node];
    attributes: { readonly axis: number; readonly start: number; readonly end: number };
  };
  /** Zeros behind the end of one axis. */
  padEnd: { inputs: readonly [x: Node]; attributes: { readonly axis: number; readonly count: number } };
}

export type Empty = Readonly<Record<never, never>>;
export type OpKind = keyof OpSpecs;

/** One immutable operation; `id` is its place in topological order. */
export interface NodeOf<K extends OpKind> {
  readonly kind: K;
  readonly id: number;
  readonly shape: Shape;
  readonly inputs: OpSpecs[K]['inputs'];
  readonly attributes: OpSpecs[K]['attributes'];
}
export type Node = { [K in OpKind]: NodeOf<K> }[OpKind];

/** A network: nodes in topological order, one output. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly NodeOf<'input'>[];
  readonly weights: ReadonlyMap<string, NodeOf<'weight'>>;
  readonly output: Node;
}

/** What a target does with each kind of node: total, so a new kind does not compile until every target has it. */
export type Rules<Context, Result> = {
  readonly [K in OpKind]: (node: NodeOf<K>, context: Context) => Result;
};

export function applyRule<K extends OpKind, Context, Result>(
  rules: Rules<Context, Result>,
  node: NodeOf<K>,
  context: Context,
): Result {
  return rules[node.kind](node, context);
}

/** Numbers in all weights. */
export function parameterCount(graph: Graph): number {
  let count = 0;
  for (const weight of graph.weights.values()) {
    let size = 1;
    for (const d of weight.shape) size *= d as number;
    count += size;
  }
  return count;
}
