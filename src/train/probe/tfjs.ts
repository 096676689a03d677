import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';
import type { EngineReport } from '../../run/events.ts';
import type { ProbeBatch, ProbeEngine, ProbeSpec, ProbeState } from './engine.ts';
import { checkBatch } from './state.ts';
import { NeckAndHead } from './tfjs/neck-and-head.ts';
import { TrainedParameters } from './tfjs/trained-parameters.ts';

/**
 * The probe on TensorFlow.js, on whatever back end is active: `src/engine` starts and checks one first. Gradients are
 * in closed form, so no operation needs to be differentiable on every back end.
 * @param options.entriesAtOnce entries of a [B, c] matrix held at once; default by back end
 */
export async function createTfjsProbe(
  spec: ProbeSpec,
  report: EngineReport,
  options: { readonly entriesAtOnce?: number } = {},
): Promise<ProbeEngine> {
  return new TfjsProbe(spec, report, new NeckAndHead(spec, options));
}

class TfjsProbe implements ProbeEngine {
  readonly report: EngineReport;
  private readonly spec: ProbeSpec;
  private readonly network: NeckAndHead;
  private readonly trained: TrainedParameters;

  constructor(spec: ProbeSpec, report: EngineReport, network: NeckAndHead) {
    this.spec = spec;
    this.report = report;
    this.network = network;
    this.trained = new TrainedParameters(spec.optimizer, network.parameters, network);
  }

  async step(batch: ProbeBatch): Promise<{ readonly loss: number }> {
    checkBatch(batch, this.spec);
    const { features, labels, learningRate } = batch;
    const x = tf.tensor2d(features, [labels.length, this.spec.width]);
    try {
      return await this.trained.update(() => this.network.gradients(x, labels), learningRate);
    } finally {
      x.dispose();
    }
  }

  async embed(features: Float32Array): Promise<Float32Array> {
    const { width } = this.spec;
    if (features.length % width !== 0)
      throw internalError(`${features.length} features are no multiple of the width ${width}`);
    const embeddings = tf.tidy(() =>
      this.network.embed(tf.tensor2d(features, [features.length / width, width])),
    );
    const data = (await embeddings.data()) as Float32Array;
    embeddings.dispose();
    return Float32Array.from(data);
  }

  exportState(): Promise<ProbeState> {
    return this.trained.exportState();
  }

  async importState(state: ProbeState): Promise<void> {
    this.trained.importState(state);
  }

  async dispose(): Promise<void> {
    this.trained.dispose();
    this.network.dispose();
  }
}
