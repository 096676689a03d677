import { internalError } from '../common/errors.ts';
import { checkShape, inferShape, isLeaf } from './infer.ts';
import type { Graph, Node, NodeOf, OpKind } from './ops.ts';
import { sameShape, shapeText } from './shape.ts';

/**
 * Proves what every lowering relies on: nodes in topological order, inferred shapes, unique names, no node without a
 * use, a batched output. Throws `internal:` naming the node.
 */
export function verify(graph: Graph): void {
  const used = new Set<Node>([graph.output]);
  const names = new Set<string>();
  for (const [place, node] of graph.nodes.entries()) {
    const at = `node %${node.id} (${node.kind})`;
    if (node.id !== place) throw internalError(`${at} stands in place ${place}`);
    for (const input of node.inputs) {
      if (!input) throw internalError(`${at} has a hole among its inputs`);
      if (graph.nodes[input.id] !== input || input.id >= node.id)
        throw internalError(`${at} uses %${input.id}, which does not come before it`);
      used.add(input);
    }
    if (isLeaf(node)) {
      const { name } = node.attributes;
      if (names.has(name)) throw internalError(`${at}: the name ${name} is taken`);
      names.add(name);
      checkShape(node.kind, node.shape);
    } else {
      const shape = reinfer(node);
      if (!sameShape(shape, node.shape))
        throw internalError(`${at} says ${shapeText(node.shape)}, its inputs give ${shapeText(shape)}`);
    }
  }
  for (const node of graph.nodes)
    if (!used.has(node)) throw internalError(`node %${node.id} (${node.kind}) is never used`);
  for (const [name, node] of graph.weights)
    if (node.attributes.name !== name || graph.nodes[node.id] !== node)
      throw internalError(`weight ${name} is not the graph's own`);
  if (graph.output.shape[0] !== 'N')
    throw internalError(`the output ${shapeText(graph.output.shape)} has no batch axis`);
}

function reinfer<K extends Exclude<OpKind, 'input' | 'weight' | 'constant'>>(node: NodeOf<K>) {
  return inferShape(node.kind, node.inputs, node.attributes);
}
