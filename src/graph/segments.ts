import { isLeaf } from './infer.ts';
import type { Graph, Node, NodeOf } from './ops.ts';
import { elementsPerImage } from './shape.ts';

/** A stretch of a network that hangs together with the rest by one value at each end. */
export interface Segment {
  /** What it begins with: the network's input, or the output of the segment before. */
  readonly input: Node;
  readonly output: Node;
  /** Its operations in order. */
  readonly nodes: readonly Node[];
  readonly weights: readonly NodeOf<'weight'>[];
}

/**
 * Cuts a network with one input where a single value passes from what was computed to what comes: in a transformer
 * between attention and MLP and between blocks. Pieces are joined up to the size of the largest one, by `size` (of one
 * image).
 */
export function segments(graph: Graph, size = elementsOf): Segment[] {
  const pieces = atBottlenecks(graph);
  const sizes = pieces.map(({ nodes }) => nodes.reduce((sum, node) => sum + size(node), 0));
  const largest = Math.max(...sizes);
  const joined: Segment[] = [];
  let room = 0;
  pieces.forEach((piece, i) => {
    const before = joined.at(-1);
    if (before && sizes[i]! <= room) {
      joined[joined.length - 1] = segment(before.input, [...before.nodes, ...piece.nodes]);
      room -= sizes[i]!;
    } else {
      joined.push(piece);
      room = largest - sizes[i]!;
    }
  });
  return joined;
}

function atBottlenecks(graph: Graph): Segment[] {
  const lastUse = new Map<Node, number>([[graph.output, Number.POSITIVE_INFINITY]]);
  for (const node of graph.nodes)
    for (const input of node.inputs)
      if (input && lastUse.get(input) !== Number.POSITIVE_INFINITY) lastUse.set(input, node.id);
  const pieces: Segment[] = [];
  const alive = new Set<Node>(graph.inputs);
  let [input] = graph.inputs as readonly Node[];
  let nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (isLeaf(node)) continue;
    nodes.push(node);
    alive.add(node);
    for (const used of node.inputs) if (used && lastUse.get(used)! <= node.id) alive.delete(used);
    if (alive.size > 1 || node.shape[0] !== 'N') continue;
    pieces.push(segment(input!, nodes));
    [input, nodes] = [node, []];
  }
  return pieces;
}

function segment(input: Node, nodes: readonly Node[]): Segment {
  const weights = new Set<NodeOf<'weight'>>();
  for (const { inputs } of nodes) for (const used of inputs) if (used?.kind === 'weight') weights.add(used);
  return { input, output: nodes.at(-1)!, nodes, weights: [...weights] };
}

function elementsOf(node: Node): number {
  return elementsPerImage(node.shape);
}
