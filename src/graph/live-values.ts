import type { Graph, Node } from './ops.ts';
import { elementsPerImage } from './shape.ts';

/**
 * Most numbers that live at one time while the network runs node by node on one image: each result from the node that
 * makes it to the last one that reads it. What no image decides (weights, tables) is left aside.
 *
 * @param fused attention is one operator; else its products and their shares lie beside one another
 */
export function peakLiveValues(graph: Graph, fused = true): number {
  const lastUse = new Map<Node, number>([[graph.output, Number.POSITIVE_INFINITY]]);
  for (const node of graph.nodes)
    for (const input of node.inputs) if (input && input !== graph.output) lastUse.set(input, node.id);
  let live = 0;
  let peak = 0;
  for (const node of graph.nodes) {
    live += resultValues(node);
    peak = Math.max(peak, live + inner(node, fused));
    for (const used of new Set(node.inputs))
      if (used && lastUse.get(used) === node.id) live -= resultValues(used);
  }
  return peak;
}

function resultValues(node: Node): number {
  return node.shape[0] === 'N' ? elementsPerImage(node.shape) : 0;
}

/** Fused attention with a bias holds all its products; without one it works block by block. */
function inner(node: Node, fused: boolean): number {
  if (node.kind !== 'attention' || (fused && node.inputs.length < 4)) return 0;
  const [query, key] = node.inputs;
  const [tokens, width] = [key.shape.at(-2) as number, query.shape.at(-1) as number];
  const products = (node.attributes.heads * tokens * elementsPerImage(query.shape)) / width;
  return fused ? products : 2 * products;
}
