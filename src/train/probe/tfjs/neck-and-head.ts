import * as tf from '@tensorflow/tfjs-core';
import { createHead } from '../../../heads/create.ts';
import type { HeadState, MarginHead } from '../../../heads/head.ts';
import type { ProbeSpec, ProbeState } from '../engine.ts';
import { HEAD_WEIGHT, initialWeights, NECK_BIAS, NECK_WEIGHT } from '../initial.ts';
import { headStateFromTensors, headStateToTensors } from '../state.ts';
import type { Centres } from './cosines.ts';
import { headGradients } from './head-gradients.ts';
import { linearNeck, type Neck, poolingNeck } from './neck.ts';
import type { PartGradients } from './optimizer.ts';
import { type Parameter, upload } from './parameter.ts';

/**
 * Entries of a [B, c] matrix held at once, 4 bytes each; about a dozen such matrices live at the peak. The native back
 * ends take a batch of 128 with 34,800 classes in one piece, WebAssembly is fastest in pieces near its cache's size.
 */
const ENTRIES_AT_ONCE: Readonly<Record<string, number>> = { webgpu: 5 << 20, tensorflow: 5 << 20 };
const ENTRIES_AT_ONCE_ELSEWHERE = 1 << 19;

/** What one forward and backward pass gives; the caller owns the tensors. */
export interface Pass {
  /** Mean cross-entropy. */
  readonly loss: number;
  readonly gradients: Map<Parameter, PartGradients>;
}

/** Neck and head on the device with their gradients in closed form: what probe and fine-tuning have in common. */
export class NeckAndHead {
  readonly parameters: readonly Parameter[];
  private readonly head: MarginHead;
  private readonly neck: Neck;
  private readonly centres: Parameter;
  private readonly entriesAtOnce: number;
  private state: HeadState;

  constructor(spec: ProbeSpec, options: { readonly entriesAtOnce?: number | undefined } = {}) {
    this.entriesAtOnce =
      options.entriesAtOnce ?? ENTRIES_AT_ONCE[tf.getBackend()] ?? ENTRIES_AT_ONCE_ELSEWHERE;
    this.head = createHead(spec.head, spec.classes, spec.classCounts);
    this.state = this.head.initialState();
    const initial = initialWeights(spec, this.head);
    this.centres = upload(HEAD_WEIGHT, initial.get(HEAD_WEIGHT)!, this.head.k);
    if (spec.neck === 'pooling') {
      this.neck = poolingNeck(spec);
      this.parameters = [this.centres];
    } else {
      const weight = upload(NECK_WEIGHT, initial.get(NECK_WEIGHT)!);
      const bias = upload(NECK_BIAS, initial.get(NECK_BIAS)!);
      this.neck = linearNeck(weight, bias);
      this.parameters = [weight, bias, this.centres];
    }
  }

  /**
   * One forward and backward pass; the head's running numbers advance with it.
   * @param features after dropout [B, W]
   */
  async gradients(features: tf.Tensor2D, labels: Int32Array): Promise<Pass> {
    const { dEmbeddings, ...pass } = await this.pass(features, labels);
    dEmbeddings.dispose();
    return pass;
  }

  /** The same with d loss / d features. [B, W] */
  async gradientsWithInput(
    features: tf.Tensor2D,
    labels: Int32Array,
  ): Promise<Pass & { readonly dFeatures: tf.Tensor2D }> {
    const { dEmbeddings, ...pass } = await this.pass(features, labels);
    const dFeatures = tf.tidy(() => this.neck.inputGradient(dEmbeddings));
    dEmbeddings.dispose();
    return { ...pass, dFeatures };
  }

  private async pass(
    features: tf.Tensor2D,
    labels: Int32Array,
  ): Promise<Pass & { readonly dEmbeddings: tf.Tensor2D }> {
    const embeddings = tf.tidy(() => this.neck.forward(features));
    const { loss, state, dFeatures, dCentres } = await headGradients({
      head: this.head,
      state: this.state,
      features: embeddings,
      centres: this.centres.parts as unknown as Centres,
      labels,
      entriesAtOnce: this.entriesAtOnce,
    });
    this.state = state;
    const gradients = new Map<Parameter, PartGradients>();
    tf.tidy(() => {
      for (const [parameter, parts] of this.neck.backward(features, dFeatures))
        gradients.set(parameter, parts.map(tf.keep));
    });
    gradients.set(this.centres, dCentres);
    embeddings.dispose();
    return { loss, gradients, dEmbeddings: dFeatures };
  }

  /** Neck without dropout: [B, W] -> [B, D], not normalised. */
  embed(features: tf.Tensor2D): tf.Tensor2D {
    return this.neck.forward(features);
  }

  /** The head's running numbers, as they are saved. */
  exportState(): ProbeState {
    return new Map(headStateToTensors(this.state));
  }

  importState(state: ProbeState): void {
    this.state = headStateFromTensors(state, this.state);
  }

  dispose(): void {
    this.neck.dispose();
    for (const { parts } of this.parameters) tf.dispose(parts);
  }
}
