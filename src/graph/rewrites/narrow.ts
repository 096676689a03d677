import { internalError } from '../../common/errors.ts';
import { GraphBuilder } from '../builder.ts';
import { applyRule, type Graph, type Node } from '../ops.ts';
import { type Box, contains, merge, volume, wholeBox } from './box.ts';
import { PARTS, type Part } from './narrow-rules.ts';

/** A larger share of a value is computed with the rest: cutting its inputs would cost more than it saves. */
const WORTH_CUTTING = 0.9;

/**
 * The same function, computing of every value only what is used: where features are read off one token, query,
 * projection and MLP of the last block are that token's alone, while keys and values remain those of all tokens.
 */
export function narrow(graph: Graph): Graph {
  const needed = neededParts(graph);
  const g = new GraphBuilder();
  const made = new Map<Node, { readonly box: Box; readonly node: Node }[]>();
  const cuts = new Map<string, Node>();
  /** Part of a value, cut out of what was computed where that is larger. */
  const take = (value: Node, box: Box): Node => {
    const source = made.get(value)?.find((m) => contains(m.box, box));
    if (!source) throw internalError(`nothing that was made of %${value.id} holds the part that is needed`);
    return box.reduce((node, { start, end }, axis) => {
      const from = source.box[axis]!;
      if (start === from.start && end === from.end) return node;
      const key = [node.id, axis, start, end].join();
      const cut = cuts.get(key) ?? g.slice(node, axis, start - from.start, end - from.start);
      cuts.set(key, cut);
      return cut;
    }, source.node);
  };
  for (const node of graph.nodes) {
    const parts = needed.get(node) ?? [];
    made.set(
      node,
      parts.map(({ box, inputs, make }) => {
        const taken = inputs.flatMap((part, i) => (part ? [take(node.inputs[i]!, part)] : []));
        return { box, node: make(g, taken) };
      }),
    );
  }
  return g.finish(take(graph.output, wholeBox(graph.output.shape)));
}

/** What is computed of each node. */
function neededParts(graph: Graph): ReadonlyMap<Node, readonly Part[]> {
  const wanted = new Map<Node, Box[]>([[graph.output, [wholeBox(graph.output.shape)]]]);
  const needed = new Map<Node, readonly Part[]>();
  for (const node of graph.nodes.toReversed()) {
    const part = (box: Box): Part => applyRule(PARTS, node, box);
    const all = wholeBox(node.shape);
    const boxes = merge((wanted.get(node) ?? []).map((box) => part(box).box));
    const nearlyAll = boxes.some((box) => volume(box) > WORTH_CUTTING * volume(all));
    const parts = (nearlyAll ? [all] : boxes).map(part);
    needed.set(node, parts);
    for (const { inputs } of parts)
      inputs.forEach((box, i) => {
        if (!box) return;
        const input = node.inputs[i]!;
        wanted.set(input, [...(wanted.get(input) ?? []), box]);
      });
  }
  return needed;
}
