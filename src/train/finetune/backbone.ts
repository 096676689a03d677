import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../graph/ops.ts';
import type { Segment } from '../../graph/segments.ts';
import { TfjsNetwork } from '../../lower/tfjs/network.ts';
import type { Tensor } from '../probe/engine.ts';
import type { PartGradients } from '../probe/tfjs/optimizer.ts';
import { type Parameter, upload } from '../probe/tfjs/parameter.ts';
import { trainingSegments } from './memory.ts';
import { savedName } from './saved-name.ts';

/** Loads one weight of the backbone by its published name. */
export type WeightReader = (name: string) => Promise<Tensor>;

/** Sums of gradients by the weights' published names. */
export type WeightGradients = Map<string, tf.Tensor>;

/**
 * A backbone whose weights are trained. The backward pass goes segment by segment, last one first, repeating each
 * segment's forward pass from the value that it began with (Chen et al., "Training Deep Nets with Sublinear Memory
 * Cost", arXiv 1604.06174): what a backward pass needs lives for one segment at a time.
 */
export class TrainedBackbone {
  readonly parameters: readonly Parameter[];
  private readonly network: TfjsNetwork;
  private readonly segments: readonly Segment[];
  private readonly byName: ReadonlyMap<string, Parameter>;

  private constructor(graph: Graph, byName: ReadonlyMap<string, Parameter>) {
    this.network = new TfjsNetwork(graph);
    this.segments = trainingSegments(graph);
    this.byName = byName;
    this.parameters = [...byName.values()];
  }

  /** Takes the weights to the device one after the other. */
  static async load(graph: Graph, read: WeightReader): Promise<TrainedBackbone> {
    const byName = new Map<string, Parameter>();
    for (const name of graph.weights.keys()) byName.set(name, upload(savedName(name), await read(name)));
    return new TrainedBackbone(graph, byName);
  }

  /** Normalised pixels [m, 3, S, S] -> [m, W]. */
  features(pixels: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => this.network.forward(pixels, this.values()) as tf.Tensor2D);
  }

  /** What each segment begins with but the first, and the features at the end. */
  trace(pixels: tf.Tensor4D): tf.Tensor[] {
    const trace: tf.Tensor[] = [];
    for (const segment of this.segments) {
      const input = trace.at(-1) ?? pixels;
      trace.push(tf.tidy(() => this.network.run(segment, input, this.values())));
    }
    return trace;
  }

  /**
   * Adds the gradients of these images to `sums`.
   * @param trace of these pixels; disposed of as it is used
   * @param dFeatures d loss / d features [m, W]
   */
  accumulate(
    sums: WeightGradients,
    pixels: tf.Tensor4D,
    trace: readonly tf.Tensor[],
    dFeatures: tf.Tensor2D,
  ): void {
    let gradient: tf.Tensor = dFeatures.clone();
    trace.at(-1)!.dispose();
    for (let i = this.segments.length - 1; i >= 0; i--) {
      const input = trace[i - 1];
      const next = this.backward(this.segments[i]!, input ?? pixels, gradient, sums);
      tf.dispose(input ? [gradient, input] : gradient);
      gradient = next;
    }
  }

  /** Gradients in the way that optimizers take them. */
  byParameter(sums: WeightGradients): [Parameter, PartGradients][] {
    return [...sums].map(([name, sum]) => [this.byName.get(name)!, [sum]]);
  }

  dispose(): void {
    this.network.dispose();
    for (const { parts } of this.parameters) tf.dispose(parts);
  }

  /** Adds to `sums`; returns the gradient by the segment's input, which nobody needs of the first one. */
  private backward(
    segment: Segment,
    input: tf.Tensor,
    gradient: tf.Tensor,
    sums: WeightGradients,
  ): tf.Tensor {
    const names = segment.weights.map(({ attributes }) => attributes.name);
    const weights = names.map((name) => this.byName.get(name)!.parts[0]!);
    const run = (x: tf.Tensor, given: readonly tf.Tensor[]) =>
      this.network.run(segment, x, new Map(names.map((name, i) => [name, given[i]!])));
    const first = segment === this.segments[0];
    const found = first
      ? tf.grads((...given) => run(input, given))(weights, gradient)
      : tf.grads((x, ...given) => run(x!, given))([input, ...weights], gradient);
    const dInput = first ? gradient : found.shift()!;
    names.forEach((name, i) => {
      const before = sums.get(name);
      sums.set(name, before ? tf.add(before, found[i]!) : found[i]!);
      if (before) tf.dispose([before, found[i]!]);
    });
    return dInput;
  }

  private values(): ReadonlyMap<string, tf.Tensor> {
    return new Map([...this.byName].map(([name, { parts }]) => [name, parts[0]!]));
  }
}
