/** The closed vocabularies of a configuration. Kept apart from the schema so that readers need not load zod. */

export const NECK_TYPES = ['proj_layer', 'pooling'] as const;
export type NeckType = (typeof NECK_TYPES)[number];

export const TRANSFORM_NAMES = ['openai-clip', 'openclip', 'eva-clip', 'siglip', 'custom'] as const;
export type TransformName = (typeof TRANSFORM_NAMES)[number];

export const LOSS_NAMES = ['CrossEntropyLoss'] as const;

export const OPTIMIZER_NAMES = ['SGD', 'Adam', 'AdamW', 'SAM_Adam', 'SAM_AdamW'] as const;
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];

export const SCHEDULER_NAMES = ['cosine'] as const;

export const WARMUP_NAMES = ['linear', 'exponential'] as const;

/** Retrieval metrics that an evaluation reports; src/eval/metrics.ts defines them. */
export const RETRIEVAL_METRICS = ['mMP@5', 'P@1', 'recall@5', 'recall@10', 'mAP@R'] as const;
export type RetrievalMetric = (typeof RETRIEVAL_METRICS)[number];

export const HOLD_OUT_NAMES = ['none', 'classes', 'csv'] as const;

export const DISTANCE_NAMES = ['euclidean', 'cosine'] as const;
export type DistanceName = (typeof DISTANCE_NAMES)[number];

export const SWEEP_METHODS = ['grid', 'random'] as const;

export const SWEEP_SCALES = ['linear', 'log'] as const;
export type SweepScale = (typeof SWEEP_SCALES)[number];
