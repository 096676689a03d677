import type { OptimizerName } from '../../config/names.ts';
import type { HeadConfig } from '../../heads/head.ts';
import type { EngineReport } from '../../run/events.ts';

export { OPTIMIZER_NAMES, type OptimizerName } from '../../config/names.ts';

/** Everything that fixes a probe: neck + head on stored features. */
export interface ProbeSpec {
  /** Width of the stored features. */
  readonly width: number;
  readonly embeddingDim: number;
  readonly classes: number;
  /** Images per class, by label; DynM-ArcFace reads it. */
  readonly classCounts: Int32Array;
  readonly neck: 'proj_layer' | 'pooling';
  readonly head: HeadConfig;
  readonly optimizer: {
    readonly name: OptimizerName;
    /** SGD only. */
    readonly momentum: number;
    readonly weightDecay: number;
  };
  /** Largest batch that will be given. */
  readonly batchSize: number;
  readonly seed: number;
}

export interface ProbeBatch {
  /**
   * What the trained part takes in. A frozen backbone's features [B, width], dropout already applied (they carry no
   * gradient, so it is a matter of the data); when the backbone is trained too, normalised pixels [B, 3 * S * S].
   */
  readonly features: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
  /** Rate that this step runs at. */
  readonly learningRate: number;
}

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Weights under their published names (`neck.neck.1.weight` [D, W], `neck.neck.1.bias` [D], `head.weight` [C*k, D]),
 * head buffers as `head.<name>` [1], the backbone's weights where they are trained, and the optimizer's moments as
 * `optimizer.<moment>.<weight>` with `optimizer.step` [1]. Moments may be left out while they are zero.
 */
export type ProbeState = ReadonlyMap<string, Tensor>;

/** The trained part, on some device: neck and head, or with the backbone (`train/finetune`). */
export interface ProbeEngine {
  readonly report: EngineReport;
  /** One optimisation step (two passes for SAM); mean cross-entropy before the update. */
  step(batch: ProbeBatch): Promise<{ readonly loss: number }>;
  /** Without dropout: [B, width] or [B, 3 * S * S] -> [B, embeddingDim], not normalised. */
  embed(features: Float32Array): Promise<Float32Array>;
  exportState(): Promise<ProbeState>;
  /** Replaces what is named, keeps the rest; wrong names or shapes are an error that lists all of them. */
  importState(state: ProbeState): Promise<void>;
  dispose(): Promise<void>;
}
