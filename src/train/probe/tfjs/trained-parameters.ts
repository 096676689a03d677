import * as tf from '@tensorflow/tfjs-core';
import { usesSam } from '../../../config/optimizer-moments.ts';
import type { ProbeSpec, ProbeState, Tensor } from '../engine.ts';
import { checkImport } from '../state.ts';
import type { Pass } from './neck-and-head.ts';
import { OptimizerState } from './optimizer.ts';
import { download, type Parameter, replace, upload } from './parameter.ts';
import { climb } from './sam.ts';

const STEP = 'optimizer.step';

/** The head's running numbers: small, and not the optimizer's affair. */
interface Buffers {
  exportState(): ProbeState;
  importState(state: ProbeState): void;
}

/** Everything that a step changes: parameters with their optimizer's moments, and the head's buffers. */
export class TrainedParameters {
  private readonly spec: ProbeSpec['optimizer'];
  private readonly parameters: readonly Parameter[];
  private readonly buffers: Buffers;
  private readonly optimizer: OptimizerState;

  /** The parameters stay the caller's. */
  constructor(spec: ProbeSpec['optimizer'], parameters: readonly Parameter[], buffers: Buffers) {
    this.spec = spec;
    this.parameters = parameters;
    this.buffers = buffers;
    this.optimizer = new OptimizerState(spec, parameters);
  }

  /** Updates done. */
  get step(): number {
    return this.optimizer.step;
  }

  /** One update from the gradients of `pass`, which SAM asks for twice; the loss is that before the update. */
  async update(pass: () => Promise<Pass>, learningRate: number): Promise<{ readonly loss: number }> {
    const first = await pass();
    let { gradients } = first;
    if (usesSam(this.spec)) {
      const descend = climb(gradients);
      disposeAll(gradients);
      try {
        gradients = (await pass()).gradients;
      } finally {
        descend();
      }
    }
    this.optimizer.apply(gradients, learningRate);
    disposeAll(gradients);
    return { loss: first.loss };
  }

  async exportState(): Promise<ProbeState> {
    const state = new Map<string, Tensor>();
    for (const parameter of this.saved()) state.set(parameter.name, await download(parameter));
    for (const [name, tensor] of this.buffers.exportState()) state.set(name, tensor);
    state.set(STEP, { shape: [1], data: Float32Array.of(this.optimizer.step) });
    return state;
  }

  importState(state: ProbeState): void {
    const saved = this.saved();
    const shapes = new Map<string, readonly number[]>([
      ...saved.map(({ name, shape }) => [name, shape] as const),
      ...[...this.buffers.exportState()].map(([name, { shape }]) => [name, shape] as const),
      [STEP, [1]],
    ]);
    checkImport(state, shapes);
    for (const parameter of saved) {
      const tensor = state.get(parameter.name);
      if (tensor) replace(parameter, upload(parameter.name, tensor, parameter.parts.length).parts);
    }
    this.buffers.importState(state);
    this.optimizer.step = state.get(STEP)?.data[0] ?? this.optimizer.step;
  }

  dispose(): void {
    this.optimizer.dispose();
  }

  /** Weights and moments, in the order they are saved in. */
  private saved(): Parameter[] {
    return [...this.parameters, ...this.parameters.flatMap((p) => this.optimizer.moments.get(p)!)];
  }
}

function disposeAll(gradients: Pass['gradients']): void {
  for (const parts of gradients.values()) tf.dispose([...parts]);
}
