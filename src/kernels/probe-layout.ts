/**
 * What the threads of a probe share, field by field: the coordinator writes these numbers into memory, and the build
 * turns the same lists into the AssemblyScript globals that the kernels read. u32 are counts, flags or addresses in
 * bytes, f32 are factors.
 *
 * B: rows of this step, padded to 16; D: embedding width, padded to 32; W: feature width, padded to 16; C: classes,
 * padded to whole tiles; k: centres per class; T: classes of a tile.
 */
export const SHARED_FIELDS = {
  threads: 'u32',
  /** B. Smaller in an epoch's last step. */
  batch: 'u32',
  width: 'u32',
  /** Columns of a feature vector that exist, for the pooling neck. */
  trueWidth: 'u32',
  /** Numbers of an embedding that exist, for the pooling neck. */
  trueDim: 'u32',
  dim: 'u32',
  classes: 'u32',
  centres: 'u32',
  tileClasses: 'u32',
  tiles: 'u32',
  /** 1: linear neck, 0: average pooling. */
  linearNeck: 'u32',
  /** 1: numerators and choices are kept between forward and backward; 0: the backward stage computes them again. */
  keep: 'u32',
  /** Number of the head's entry function. */
  entry: 'u32',
  /** What the update does: see `Update` in layout of the assembly. */
  update: 'u32',
  optimizer: 'u32',

  /** [B, W] */
  features: 'u32',
  /** [W + 1, D], the last line is the bias. */
  neckWeight: 'u32',
  neckFirst: 'u32',
  neckSecond: 'u32',
  neckSpare: 'u32',
  /** [C * k, D] */
  headWeight: 'u32',
  headFirst: 'u32',
  headSecond: 'u32',
  headSpare: 'u32',
  /** Normalised embeddings. [B, D] */
  embedding: 'u32',
  /** The same, ready for products over D: [B / 16, D, 16] */
  embeddingPanels: 'u32',
  /** The same, ready for products over B: [D / 32, B, 32] */
  embeddingStrips: 'u32',
  /** 1 / length. [B] */
  inverseNorms: 'u32',
  /** Length. [B] */
  norms: 'u32',
  /** 1 / length of every centre. [C * k] */
  inverseCentres: 'u32',
  /** exp(logit - shift), times d entry / d cosine. [C, B] */
  numerators: 'u32',
  /** Which centre of the class was nearest. [C, B] bytes */
  choices: 'u32',
  /** [B] */
  labels: 'u32',
  /** Labels in rising order, and the row each came from. [B], ended by 2^31 - 1 */
  sortedLabels: 'u32',
  sortedRows: 'u32',
  targetCosines: 'u32',
  /** What is subtracted from a row's logits before the exponential. [B] */
  shifts: 'u32',
  /** scale / (rows * partition). [B] */
  rowFactors: 'u32',
  /** d loss / d target cosine. [B] */
  targetGradients: 'u32',
  /** The head's parameters, one line of B per name. */
  rowParameters: 'u32',
  /** Distance in bytes between the threads' `featureGradient`. */
  featureGradientStride: 'u32',
  /** `featureGradient` of thread 0. */
  featureGradients: 'u32',

  scale: 'f32',
  /** Adam: lr / (1 - beta1^t); SGD: lr. */
  rate: 'f32',
  /** Adam: 1 / sqrt(1 - beta2^t). */
  secondScale: 'f32',
  /** Adam's beta1, SGD's momentum. */
  momentum: 'f32',
  beta2: 'f32',
  epsilon: 'f32',
  /** Weight decay that is added to the gradient. */
  coupledDecay: 'f32',
  /** 1 - lr * decoupled weight decay. */
  keepFactor: 'f32',
  /** SAM: rho / |gradient|. */
  climb: 'f32',
} as const;

/** Each thread's own buffers. */
export const OWN_FIELDS = {
  thread: 'u32',
  /** Sum of exponentials per row over this thread's classes; in the search for the largest logit, that. [B] */
  partition: 'u32',
  /** This thread's part of d loss / d normalised embedding. [D / 32, B, 32] */
  featureGradient: 'u32',
  /** Sum of squares of this thread's gradients, float64. */
  squares: 'u32',
  /** Cosines of a tile's centres. [T * k, B] */
  cosines: 'u32',
  /** Cosines of a tile's classes. [T, B] */
  best: 'u32',
  /** Stand-ins for `numerators` and `choices` where those are not kept. [T, B] */
  tileNumerators: 'u32',
  tileChoices: 'u32',
  /** d loss / d cosine of a tile. [T, B] */
  gradients: 'u32',
  /** The same divided by the centre's length. [T, B] */
  scaledGradients: 'u32',
  /** Bytes from the tile's first centre to the chosen one. [T, B] */
  offsets: 'u32',
  /** Pairs (gradient, row) grouped by chosen centre. */
  pairs: 'u32',
  /** Bytes of `pairs` per centre. [T * k] */
  pairBytes: 'u32',
  /** d loss / d normalised centre. [T * k, D] */
  centreGradients: 'u32',
  /** d loss / d embedding. [B, D] */
  embeddingGradient: 'u32',
  /** 16 columns of the features, transposed. [16, B] */
  columns: 'u32',
  /** Two lines of the neck's gradient. [2, D] */
  lines: 'u32',
} as const;

export type SharedField = keyof typeof SHARED_FIELDS;
export type OwnField = keyof typeof OWN_FIELDS;

/** Values of the field `update`. */
export const Update = {
  /** Step with the gradient. */
  step: 0,
  /** Store the gradient in `spare` and sum its squares (first pass of SAM). */
  store: 1,
  /** Take the weights back from `spare`, then step (second pass of SAM). */
  restoreAndStep: 2,
} as const;

/** Values of the field `optimizer`. */
export const Optimizer = { sgd: 0, momentumSgd: 1, adam: 2 } as const;

/** Exported functions that every thread runs, in the order of their numbers. */
export const PROBE_STAGES = [
  'embed',
  'embedOnly',
  'partition',
  'largest',
  'forward',
  'backward',
  'neck',
  'climb',
] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

/** Bytes of a block: four per field. */
export function blockBytes(fields: Readonly<Record<string, 'u32' | 'f32'>>): number {
  return Object.keys(fields).length * 4;
}

/** AssemblyScript source of one global per field, and of `configure`, which loads them all. */
export function layoutSource(): string {
  const fields = [
    ...Object.entries(SHARED_FIELDS).map(([name, type], i) => ({ name, type, block: 'shared', at: i * 4 })),
    ...Object.entries(OWN_FIELDS).map(([name, type], i) => ({ name, type, block: 'own', at: i * 4 })),
  ];
  const constants = (prefix: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => `export const ${prefix}_${name}: u32 = ${value};`);
  return [
    '// Generated from src/kernels/probe-layout.ts.',
    ...constants('Update', Update),
    ...constants('Optimizer', Optimizer),
    ...fields.map(({ name, type }) =>
      type === 'f32' ? `export let ${name}: f32 = 0;` : `export let ${name}: usize = 0;`,
    ),
    'export function configure(shared: usize, own: usize): void {',
    ...fields.map(({ name, type, block, at }) => `  ${name} = load<${type}>(${block}, ${at});`),
    '}',
    '',
  ].join('\n');
}
