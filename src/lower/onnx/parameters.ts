import type { Graph, Node } from '../../graph/ops.ts';
import { axisLength } from '../../graph/shape.ts';

/** A published tensor, or rows of one: they lie together, so a model can point at them in the checkpoint. */
export interface Parameter {
  /** `name`, or `name[start:end]`. */
  readonly key: string;
  /** Of the published tensor. */
  readonly name: string;
  readonly rows?: { readonly start: number; readonly end: number };
}

export function parameterOf(node: Node): Parameter | undefined {
  if (node.kind === 'weight') return { key: node.attributes.name, name: node.attributes.name };
  if (node.kind !== 'slice' || node.attributes.axis !== 0) return undefined;
  const [tensor] = node.inputs;
  if (tensor.kind !== 'weight') return undefined;
  const { name } = tensor.attributes;
  const { start, end } = node.attributes;
  return { key: `${name}[${start}:${end}]`, name, rows: { start, end } };
}

export interface UsedParameter extends Parameter {
  /** [out, in] of linear layers, and nothing else. */
  readonly matrix: boolean;
  readonly shape: readonly number[];
}

/** Every parameter that an operation reads, by key. A tensor that is only read in rows is not among them. */
export function usedParameters(graph: Graph): ReadonlyMap<string, UsedParameter> {
  const used = new Map<string, UsedParameter>();
  for (const node of graph.nodes) {
    if (parameterOf(node)) continue;
    node.inputs.forEach((input, i) => {
      const parameter = input && parameterOf(input);
      if (!parameter) return;
      const matrix = node.kind === 'linear' && i === 1 && (used.get(parameter.key)?.matrix ?? true);
      const shape = input.shape.map((_, axis) => axisLength(input.shape, axis));
      used.set(parameter.key, { ...parameter, matrix, shape });
    });
  }
  return used;
}
