import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../graph/ops.ts';
import { TfjsNetwork } from '../../lower/tfjs/network.ts';
import type { Tensor } from '../probe/engine.ts';
import type { PartGradients } from '../probe/tfjs/optimizer.ts';
import { type Parameter, upload } from '../probe/tfjs/parameter.ts';
import { savedName } from './saved-name.ts';

/** Loads one weight of the backbone by its published name. */
export type WeightReader = (name: string) => Promise<Tensor>;

/** A backbone whose weights are trained: features of pixels, and gradients by the weights from those of the features. */
export class TrainedBackbone {
  readonly parameters: readonly Parameter[];
  private readonly network: TfjsNetwork;
  private readonly names: readonly string[];

  private constructor(graph: Graph, parameters: readonly Parameter[]) {
    this.network = new TfjsNetwork(graph);
    this.names = [...graph.weights.keys()];
    this.parameters = parameters;
  }

  /** Takes the weights to the device one after the other. */
  static async load(graph: Graph, read: WeightReader): Promise<TrainedBackbone> {
    const parameters: Parameter[] = [];
    for (const name of graph.weights.keys()) parameters.push(upload(savedName(name), await read(name)));
    return new TrainedBackbone(graph, parameters);
  }

  /** Normalised pixels [m, 3, S, S] -> [m, W], inside a tidy; keeps nothing for a backward pass. */
  features(pixels: tf.Tensor4D): tf.Tensor2D {
    return this.forward(pixels, this.values());
  }

  /**
   * Adds the gradients of these images to `sum` (undefined: begins with them), disposing what it replaces. The forward
   * pass is repeated, because what a backward pass needs was not kept.
   * @param dFeatures d loss / d features [m, W]
   */
  accumulate(
    sum: readonly tf.Tensor[] | undefined,
    pixels: tf.Tensor4D,
    dFeatures: tf.Tensor2D,
  ): readonly tf.Tensor[] {
    const gradient = tf.grads((...weights) => this.forward(pixels, weights));
    const found = gradient(this.values(), dFeatures);
    if (!sum) return found;
    return found.map((next, i) => {
      const before = sum[i]!;
      const total = tf.add(before, next);
      tf.dispose([before, next]);
      return total;
    });
  }

  /** Gradients in the order of `accumulate` by parameter. */
  byParameter(gradients: readonly tf.Tensor[]): [Parameter, PartGradients][] {
    return this.parameters.map((parameter, i) => [parameter, [gradients[i]!]]);
  }

  dispose(): void {
    this.network.dispose();
    for (const { parts } of this.parameters) tf.dispose(parts);
  }

  private values(): tf.Tensor[] {
    return this.parameters.map(({ parts }) => parts[0]!);
  }

  private forward(pixels: tf.Tensor4D, weights: readonly tf.Tensor[]): tf.Tensor2D {
    const byName = new Map(this.names.map((name, i) => [name, weights[i]!]));
    return this.network.forward(pixels, byName) as tf.Tensor2D;
  }
}
