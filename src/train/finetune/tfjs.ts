import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../graph/ops.ts';
import type { EngineReport } from '../../run/events.ts';
import { applyDropout } from '../dropout.ts';
import type { ProbeBatch, ProbeEngine, ProbeSpec, ProbeState } from '../probe/engine.ts';
import { checkBatch } from '../probe/state.ts';
import { NeckAndHead, type Pass } from '../probe/tfjs/neck-and-head.ts';
import { TrainedParameters } from '../probe/tfjs/trained-parameters.ts';
import { TrainedBackbone, type WeightGradients, type WeightReader } from './backbone.ts';

export interface FinetuneSpec {
  readonly graph: Graph;
  /** Side of the backbone's input, pixels. */
  readonly imageSize: number;
  /** Neck, head and optimizer; `width` is the backbone's. */
  readonly probe: ProbeSpec;
  /** MODEL.NECK.dropout; 0 for a neck without. */
  readonly dropout: number;
  /** Images that are differentiated together. */
  readonly microBatch: number;
  /** Keep what the segments begin with from the forward to the backward pass; else it is computed twice. */
  readonly keepTrace: boolean;
}

/**
 * Backbone, neck and head trained together on TensorFlow.js, on whatever back end is active. What the contract calls
 * features are normalised pixels here, [B, 3 * S * S].
 */
export async function createTfjsFinetune(
  spec: FinetuneSpec,
  read: WeightReader,
  report: EngineReport,
): Promise<ProbeEngine> {
  const backbone = await TrainedBackbone.load(spec.graph, read);
  return new TfjsFinetune(spec, report, backbone, new NeckAndHead(spec.probe));
}

/**
 * A batch goes through the backbone in micro-batches, so that memory hardly grows with it, in two turns (Gao et al.,
 * "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", RepL4NLP 2021): first all features, then,
 * from the gradients by the whole batch's features, each micro-batch again with its backward pass. So the gradients are those of the whole batch also for heads that look at all of it (AdaCos, CurricularFace,
 * AdaFace), which adding up the gradients of small batches would not give.
 */
class TfjsFinetune implements ProbeEngine {
  readonly report: EngineReport;
  private readonly spec: FinetuneSpec;
  private readonly backbone: TrainedBackbone;
  private readonly top: NeckAndHead;
  private readonly trained: TrainedParameters;
  private readonly pixelsPerImage: number;

  constructor(spec: FinetuneSpec, report: EngineReport, backbone: TrainedBackbone, top: NeckAndHead) {
    this.spec = spec;
    this.report = report;
    this.backbone = backbone;
    this.top = top;
    const parameters = [...backbone.parameters, ...top.parameters];
    this.trained = new TrainedParameters(spec.probe.optimizer, parameters, top);
    this.pixelsPerImage = 3 * spec.imageSize ** 2;
  }

  async step(batch: ProbeBatch): Promise<{ readonly loss: number }> {
    const { classes } = this.spec.probe;
    checkBatch(batch, { classes, width: this.pixelsPerImage });
    const mask = this.dropoutMask(batch.labels.length);
    try {
      return await this.trained.update(() => this.pass(batch, mask), batch.learningRate);
    } finally {
      mask?.dispose();
    }
  }

  async embed(pixels: Float32Array): Promise<Float32Array> {
    const parts: Float32Array[] = [];
    for (const part of this.microBatches(pixels)) {
      const embeddings = tf.tidy(() => this.top.embed(this.backbone.features(this.upload(part))));
      parts.push((await embeddings.data()) as Float32Array);
      embeddings.dispose();
    }
    return joined(parts);
  }

  exportState(): Promise<ProbeState> {
    return this.trained.exportState();
  }

  async importState(state: ProbeState): Promise<void> {
    this.trained.importState(state);
  }

  async dispose(): Promise<void> {
    this.trained.dispose();
    this.top.dispose();
    this.backbone.dispose();
  }

  /** One forward and backward pass over a whole batch. */
  private async pass({ features: pixels, labels }: ProbeBatch, mask: tf.Tensor2D | undefined): Promise<Pass> {
    const traces: tf.Tensor[][] = [];
    const features = await this.features(pixels, mask, traces);
    const { loss, gradients, dFeatures } = await this.top.gradientsWithInput(features, labels);
    features.dispose();
    const dBackbone = mask ? tf.tidy(() => tf.mul<tf.Tensor2D>(dFeatures, mask)) : dFeatures.clone();
    dFeatures.dispose();
    const sums: WeightGradients = new Map();
    let row = 0;
    for (const part of this.microBatches(pixels)) {
      const x = this.upload(part);
      const dPart = tf.tidy(() => tf.slice(dBackbone, [row, 0], [x.shape[0], this.spec.probe.width]));
      this.backbone.accumulate(sums, x, traces.shift() ?? this.backbone.trace(x), dPart);
      tf.dispose([x, dPart]);
      row += x.shape[0];
      await turn();
    }
    dBackbone.dispose();
    return { loss, gradients: new Map([...this.backbone.byParameter(sums), ...gradients]) };
  }

  /**
   * Features of a whole batch after dropout. [B, W]
   * @param traces filled with each micro-batch's, where they are kept
   */
  private async features(
    pixels: Float32Array,
    mask: tf.Tensor2D | undefined,
    traces: tf.Tensor[][],
  ): Promise<tf.Tensor2D> {
    const parts: tf.Tensor2D[] = [];
    for (const part of this.microBatches(pixels)) {
      const x = this.upload(part);
      if (this.spec.keepTrace) {
        const trace = this.backbone.trace(x);
        traces.push(trace);
        parts.push(trace.at(-1)!.clone() as tf.Tensor2D);
      } else parts.push(this.backbone.features(x));
      x.dispose();
      await turn();
    }
    const whole = tf.tidy(() => {
      const features = tf.concat(parts, 0);
      return mask ? tf.mul<tf.Tensor2D>(features, mask) : features;
    });
    tf.dispose(parts);
    return whole;
  }

  /** What dropout multiplies each feature of this step with: the same mask that a probe's features would get. [B, W] */
  private dropoutMask(rows: number): tf.Tensor2D | undefined {
    const { dropout, probe } = this.spec;
    if (dropout <= 0) return undefined;
    const mask = new Float32Array(rows * probe.width).fill(1);
    applyDropout(mask, dropout, probe.seed, this.trained.step);
    return tf.tensor2d(mask, [rows, probe.width]);
  }

  private *microBatches(pixels: Float32Array): Generator<Float32Array> {
    const size = this.spec.microBatch * this.pixelsPerImage;
    for (let from = 0; from < pixels.length; from += size) yield pixels.subarray(from, from + size);
  }

  private upload(pixels: Float32Array): tf.Tensor4D {
    const { imageSize } = this.spec;
    return tf.tensor4d(pixels, [pixels.length / this.pixelsPerImage, 3, imageSize, imageSize]);
  }
}

/** Lets timers, signals and the image workers' answers in: on a CPU a micro-batch blocks this thread. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
