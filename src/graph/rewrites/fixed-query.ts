import { GraphBuilder } from '../builder.ts';
import type { Graph, Node } from '../ops.ts';
import { axisLength } from '../shape.ts';

/**
 * The same function, with keys and values left out of every attention that has one query, the same for all images
 * (pooling by a learnt token). In each head q (x Wk^T + bk)^T = (q Wk) x^T + q bk, and softmax does not see the second
 * term, which all tokens share; as the shares p sum to one, p (x Wv^T + bv) = (p x) Wv^T + bv. So each token takes part
 * in two products with as many columns as there are heads, instead of two with as many as there are channels.
 */
export function fixQueries(graph: Graph): Graph {
  const g = new GraphBuilder();
  const copies = new Map<Node, Node>();
  const copy = (node: Node): Node => {
    const known = copies.get(node);
    if (known) return known;
    const pooling = fixedQuery(node);
    const made = pooling
      ? attend(g, pooling, copy)
      : g.like(
          node,
          node.inputs.map((input) => copy(input!)),
        );
    copies.set(node, made);
    return made;
  };
  return g.finish(copy(graph.output));
}

interface FixedQuery {
  readonly heads: number;
  /** [1, 1, C] */
  readonly query: Node;
  readonly key: Projection;
  readonly value: Projection;
}

/** Outputs `start` .. `end - 1` of a linear layer. */
interface Projection {
  /** [N, S, I] */
  readonly x: Node;
  readonly weight: Node;
  readonly bias: Node | undefined;
  readonly start: number;
  readonly end: number;
}

function fixedQuery(node: Node): FixedQuery | undefined {
  if (node.kind !== 'attention' || node.inputs.length > 3) return undefined;
  const [query, k, v] = node.inputs;
  if (query.kind !== 'expandBatch' || query.shape.length !== 3 || query.shape[1] !== 1) return undefined;
  const [key, value] = [projection(k), projection(v)];
  return key && value && { heads: node.attributes.heads, query: query.inputs[0], key, value };
}

function projection(node: Node): Projection | undefined {
  if (node.kind === 'linear') {
    const [x, weight, bias] = node.inputs;
    return { x, weight, bias, start: 0, end: axisLength(node.shape, -1) };
  }
  if (node.kind !== 'slice' || node.attributes.axis !== node.shape.length - 1) return undefined;
  const all = projection(node.inputs[0]);
  const { start, end } = node.attributes;
  return all && { ...all, start: all.start + start, end: all.start + end };
}

function attend(g: GraphBuilder, { heads, query, key, value }: FixedQuery, copy: (node: Node) => Node): Node {
  const channels = axisLength(query.shape, -1);
  const perHead = channels / heads;
  const rows = (all: Node, { start, end }: Projection) => {
    const copied = copy(all);
    return end - start === all.shape[0] ? copied : g.slice(copied, 0, start, end);
  };
  /** The rows of each head: [heads, d, I] */
  const matrices = (p: Projection) =>
    g.reshape(rows(p.weight, p), [heads, perHead, axisLength(p.weight.shape, 1)]);

  const q = g.scale(g.reshape(copy(query), [heads, 1, perHead]), perHead ** -0.5);
  const looked = g.reshape(g.matMul(q, matrices(key)), [heads, axisLength(key.weight.shape, 1)]); // q Wk
  const products = g.linear(copy(key.x), looked); // [N, S, heads]
  const shares = g.softmax(g.transpose(products, [0, 2, 1])); // [N, heads, S]
  const mixed = g.matMul(shares, copy(value.x)); // [N, heads, I]
  const apart = g.reshape(mixed, ['N', heads, 1, axisLength(value.weight.shape, 1)]);
  const valued = g.matMul(apart, g.transpose(matrices(value), [0, 2, 1])); // [N, heads, 1, d]
  const joined = g.reshape(valued, ['N', 1, channels]);
  return value.bias ? g.add(joined, rows(value.bias, value)) : joined;
}
