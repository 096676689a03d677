import { internalError } from '../../common/errors.ts';
import { applyRule, type Graph } from '../../graph/ops.ts';
import { sameShape, withBatch } from '../../graph/shape.ts';
import { type Context, RULES } from './rules.ts';
import type { Tensor } from './tensor.ts';

export type { Tensor } from './tensor.ts';

/** Runs a graph with plain loops. `weights` by published name, `inputs` by input name, batch first. */
export function runReference(
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
  inputs: Readonly<Record<string, Tensor>>,
): Tensor {
  const batch = batchOf(graph, inputs);
  const values: (Tensor | undefined)[] = [];
  const lastUse = new Map<number, number>();
  for (const node of graph.nodes) for (const input of node.inputs) lastUse.set(input!.id, node.id);
  const context: Context = {
    batch,
    inputs,
    weight: (name) => {
      const tensor = weights.get(name);
      if (!tensor) throw internalError(`weight ${name} was not given`);
      return tensor;
    },
    value: ({ id }) => {
      const value = values[id];
      if (!value) throw internalError(`node %${id} has no value yet`);
      return value;
    },
  };
  for (const node of graph.nodes) {
    const value = applyRule(RULES, node, context);
    if (!sameShape(value.shape, withBatch(node.shape, batch)))
      throw internalError(`%${node.id} (${node.kind}) gave [${value.shape}], not [${node.shape}]`);
    values[node.id] = value;
    for (const input of node.inputs) if (lastUse.get(input!.id) === node.id) values[input!.id] = undefined;
  }
  return context.value(graph.output);
}

function batchOf(graph: Graph, inputs: Readonly<Record<string, Tensor>>): number {
  const first = graph.inputs[0];
  const batch = first && inputs[first.attributes.name]?.shape[0];
  if (!batch) throw internalError('the first input must be given, with at least one image');
  return batch;
}
