import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';
import { isLeaf } from '../../graph/infer.ts';
import { applyRule, type Graph, type NodeOf } from '../../graph/ops.ts';
import type { Segment } from '../../graph/segments.ts';
import { registerGradients } from './gradients.ts';
import { type Context, RULES } from './rules.ts';

/**
 * A graph as TensorFlow.js operations on the current back end, differentiable to its weights and its input. Owns the
 * graph's constants until `dispose`; the weights stay the caller's.
 */
export class TfjsNetwork {
  private readonly graph: Graph;
  private readonly constants = new Map<number, tf.Tensor>();

  constructor(graph: Graph) {
    registerGradients();
    this.graph = graph;
    for (const node of graph.nodes)
      if (node.kind === 'constant')
        this.constants.set(node.id, tf.keep(tf.tensor(node.attributes.data, [...node.shape] as number[])));
  }

  /**
   * Normalised pixels [N, 3, S, S] -> [N, width]. Call it inside `tf.tidy`, or inside the function that is
   * differentiated.
   * @param weights by published name, in the published layout
   */
  forward(pixels: tf.Tensor, weights: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
    const { nodes, output, inputs } = this.graph;
    return this.run({ input: inputs[0]!, output, nodes }, pixels, weights);
  }

  /** The same for a stretch of the network: the value that it begins with to the one that it ends with. */
  run(
    { input, output, nodes }: Pick<Segment, 'input' | 'output' | 'nodes'>,
    value: tf.Tensor,
    weights: ReadonlyMap<string, tf.Tensor>,
  ): tf.Tensor {
    const values: tf.Tensor[] = [];
    values[input.id] = value;
    const context: Context = {
      batch: value.shape[0]!,
      pixels: value,
      weight: (name) => {
        const tensor = weights.get(name);
        if (!tensor) throw internalError(`weight ${name} was not given`);
        return tensor;
      },
      constant: (node: NodeOf<'constant'>) => {
        const tensor = this.constants.get(node.id);
        if (!tensor) throw internalError('the network is disposed');
        return tensor;
      },
      value: (node) => {
        // Leaves may stand before the stretch.
        if (values[node.id] === undefined && isLeaf(node)) values[node.id] = applyRule(RULES, node, context);
        return values[node.id]!;
      },
    };
    for (const node of nodes) if (!isLeaf(node)) values[node.id] = applyRule(RULES, node, context);
    return context.value(output);
  }

  dispose(): void {
    for (const tensor of this.constants.values()) tensor.dispose();
    this.constants.clear();
  }
}
