import type { Algebra } from './algebra.ts';

export const HEAD_NAMES = [
  'ArcFace',
  'DynM-ArcFace',
  'AdaCos',
  'LiArcFace',
  'CurricularFace',
  'AdaFace',
] as const;
export type HeadName = (typeof HEAD_NAMES)[number];

/** Section MODEL.HEAD of a configuration. */
export interface HeadConfig {
  readonly name: HeadName;
  readonly k: number;
  readonly s: number;
  readonly dynamic_s: boolean;
  readonly m: number;
  readonly m_max: number;
  readonly m_min: number;
  readonly h: number;
  readonly t_alpha: number;
}

/** What a batch tells a head before its logits are formed. Nothing here carries a gradient. */
export interface BatchFacts {
  /** Cosine to the label's class (the best of its k centres), clamped to [-1, 1]. [B] */
  readonly targetCosine: Float32Array;
  /** Length of each feature vector before normalisation. [B] */
  readonly norms: Float32Array;
  readonly labels: Int32Array;
  /**
   * Natural logarithm of the batch's mean of sum over non-target classes of exp(partitionScale * c), when the head
   * `needsPartition`: a logarithm, because the sum itself leaves float32 at a scale of about 88.
   */
  readonly logMeanPartition?: number;
}

/** Gradient-free numbers of one batch. `rows` are per sample [B], by the names that `target` and `entry` read. */
export interface BatchParameters<R extends string> {
  /** Factor on every logit. */
  readonly scale: number;
  readonly rows: Readonly<Record<R, Float32Array>>;
  /** State after this batch. */
  readonly state: HeadState;
}

/**
 * Running numbers that are saved with the weights, by their published names. Every value is a float32, so that
 * saving and loading returns the same number.
 */
export type HeadState = Readonly<Record<string, number>>;

/** A row's parameters in an algebra. */
export type Row<R extends string, T> = Readonly<Record<R, T>>;

/**
 * A margin-based softmax head: logit of class j = scale * entry(c_j), of the label's class = scale * target(c_y),
 * where c is the cosine between normalised feature and normalised class centre, maximum over the class's k centres,
 * clamped to [-1, 1]. The loss is the mean cross-entropy.
 */
export interface MarginHead<R extends string = string> {
  readonly name: HeadName;
  /** Centres per class. */
  readonly k: number;
  /** Names of the per-sample parameters. */
  readonly rowNames: readonly R[];
  /** Whether `prepare` reads `logMeanPartition`; the scale it is taken at is `partitionScale(state)`. */
  readonly needsPartition: boolean;
  partitionScale(state: HeadState): number;
  initialState(): HeadState;
  prepare(facts: BatchFacts, state: HeadState): BatchParameters<R>;
  /** Unscaled logit of the label's class. */
  target<T>(a: Algebra<T>, cosine: T, row: Row<R, T>): T;
  /** Unscaled logit of every other class. */
  entry<T>(a: Algebra<T>, cosine: T, row: Row<R, T>): T;
  /**
   * Bound on |scale * entry| and |scale * target| for a cosine in [-1, 1] and these parameters: lets an engine
   * shift the softmax by a constant instead of a running maximum.
   */
  bound(parameters: BatchParameters<R>): number;
}
