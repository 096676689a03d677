import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';
import { createHead } from '../../heads/create.ts';
import type { HeadState, MarginHead } from '../../heads/head.ts';
import type { EngineReport } from '../../run/events.ts';
import type { ProbeBatch, ProbeEngine, ProbeSpec, ProbeState, Tensor } from './engine.ts';
import { HEAD_WEIGHT, initialWeights, NECK_BIAS, NECK_WEIGHT } from './initial.ts';
import { checkBatch, checkImport, headStateFromTensors, headStateToTensors } from './state.ts';
import type { Centres } from './tfjs/cosines.ts';
import { headGradients } from './tfjs/head-gradients.ts';
import { linearNeck, type Neck, poolingNeck } from './tfjs/neck.ts';
import { OptimizerState, type PartGradients, usesSam } from './tfjs/optimizer.ts';
import { download, type Parameter, replace, upload } from './tfjs/parameter.ts';
import { climb } from './tfjs/sam.ts';

const STEP = 'optimizer.step';

/**
 * Entries of a [B, c] matrix held at once, 4 bytes each; about a dozen such matrices live at the peak. The native back
 * ends take a batch of 128 with 34,800 classes in one piece, WebAssembly is fastest in pieces near its cache's size.
 */
const ENTRIES_AT_ONCE: Readonly<Record<string, number>> = { webgpu: 5 << 20, tensorflow: 5 << 20 };
const ENTRIES_AT_ONCE_ELSEWHERE = 1 << 19;

/**
 * The probe on TensorFlow.js, on whatever back end is active: `src/engine` starts and checks one first. Gradients are
 * in closed form, so no operation needs to be differentiable on every back end.
 */
export async function createTfjsProbe(
  spec: ProbeSpec,
  report: EngineReport,
  options: { readonly entriesAtOnce?: number } = {},
): Promise<ProbeEngine> {
  const entries = ENTRIES_AT_ONCE[tf.getBackend()] ?? ENTRIES_AT_ONCE_ELSEWHERE;
  return new TfjsProbe(spec, report, options.entriesAtOnce ?? entries);
}

class TfjsProbe implements ProbeEngine {
  readonly report: EngineReport;
  private readonly spec: ProbeSpec;
  private readonly entriesAtOnce: number;
  private readonly head: MarginHead;
  private readonly neck: Neck;
  private readonly centres: Parameter;
  private readonly parameters: readonly Parameter[];
  private readonly optimizer: OptimizerState;
  private headState: HeadState;

  constructor(spec: ProbeSpec, report: EngineReport, entriesAtOnce: number) {
    this.spec = spec;
    this.report = report;
    this.entriesAtOnce = entriesAtOnce;
    this.head = createHead(spec.head, spec.classes, spec.classCounts);
    this.headState = this.head.initialState();
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
    this.optimizer = new OptimizerState(spec.optimizer, this.parameters);
  }

  async step(batch: ProbeBatch): Promise<{ readonly loss: number }> {
    checkBatch(batch, this.spec);
    const first = await this.gradients(batch);
    let gradients = first.gradients;
    if (usesSam(this.spec.optimizer)) {
      const descend = climb(gradients);
      disposeAll(gradients);
      try {
        gradients = (await this.gradients(batch)).gradients;
      } finally {
        descend();
      }
    }
    this.optimizer.apply(gradients, batch.learningRate);
    disposeAll(gradients);
    return { loss: first.loss };
  }

  /** One forward and backward pass; the head's running numbers advance with it. */
  private async gradients({ features, labels }: ProbeBatch) {
    const x = tf.tensor2d(features, [labels.length, this.spec.width]);
    const embeddings = tf.tidy(() => this.neck.forward(x));
    const result = await headGradients({
      head: this.head,
      state: this.headState,
      features: embeddings,
      centres: this.centres.parts as unknown as Centres,
      labels,
      entriesAtOnce: this.entriesAtOnce,
    });
    this.headState = result.state;
    const gradients = new Map<Parameter, PartGradients>();
    tf.tidy(() => {
      for (const [parameter, parts] of this.neck.backward(x, result.dFeatures))
        gradients.set(parameter, parts.map(tf.keep));
    });
    gradients.set(this.centres, result.dCentres);
    tf.dispose([x, embeddings, result.dFeatures]);
    return { loss: result.loss, gradients };
  }

  async embed(features: Float32Array): Promise<Float32Array> {
    const { width } = this.spec;
    if (features.length % width !== 0)
      throw internalError(`${features.length} features are no multiple of the width ${width}`);
    const embeddings = tf.tidy(() =>
      this.neck.forward(tf.tensor2d(features, [features.length / width, width])),
    );
    const data = (await embeddings.data()) as Float32Array;
    embeddings.dispose();
    return Float32Array.from(data);
  }

  async exportState(): Promise<ProbeState> {
    const state = new Map<string, Tensor>();
    for (const parameter of this.saved()) state.set(parameter.name, await download(parameter));
    for (const [name, tensor] of headStateToTensors(this.headState)) state.set(name, tensor);
    state.set(STEP, { shape: [1], data: Float32Array.of(this.optimizer.step) });
    return state;
  }

  async importState(state: ProbeState): Promise<void> {
    const saved = this.saved();
    const shapes = new Map<string, readonly number[]>([
      ...saved.map(({ name, shape }) => [name, shape] as const),
      ...headStateToTensors(this.headState).map(([name, { shape }]) => [name, shape] as const),
      [STEP, [1]],
    ]);
    checkImport(state, shapes);
    for (const parameter of saved) {
      const tensor = state.get(parameter.name);
      if (tensor) replace(parameter, upload(parameter.name, tensor, parameter.parts.length).parts);
    }
    this.headState = headStateFromTensors(state, this.headState);
    this.optimizer.step = state.get(STEP)?.data[0] ?? this.optimizer.step;
  }

  /** Weights and moments, in the order they are saved in. */
  private saved(): Parameter[] {
    return [...this.parameters, ...this.parameters.flatMap((p) => this.optimizer.moments.get(p)!)];
  }

  async dispose(): Promise<void> {
    this.neck.dispose();
    this.optimizer.dispose();
    for (const parameter of this.parameters) tf.dispose(parameter.parts);
  }
}

function disposeAll(gradients: ReadonlyMap<Parameter, PartGradients>): void {
  for (const parts of gradients.values()) tf.dispose([...parts]);
}
