/** The closed vocabularies of a configuration. Kept apart from the schema so that readers need not load zod. */

/** Backbones whose model_name and weights are OpenCLIP's. */
export const OPEN_CLIP_TYPES = ['clip', 'clip_convnext', 'clipav2', 'meta-clip'] as const;
/** Backbones whose model_name is timm's; the name may carry its weights tag after a dot. */
export const TIMM_TYPES = ['eva02', 'siglip', 'dinov2', 'sam'] as const;
export const BACKBONE_TYPES = [...OPEN_CLIP_TYPES, ...TIMM_TYPES] as const;
export type BackboneType = (typeof BACKBONE_TYPES)[number];

export const NECK_TYPES = ['proj_layer', 'pooling'] as const;
export type NeckType = (typeof NECK_TYPES)[number];

export const TRANSFORM_NAMES = ['openai-clip', 'openclip', 'eva-clip', 'siglip', 'custom'] as const;
export type TransformName = (typeof TRANSFORM_NAMES)[number];

export const LOSS_NAMES = ['CrossEntropyLoss'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

export const OPTIMIZER_NAMES = ['SGD', 'Adam', 'AdamW', 'SAM_Adam', 'SAM_AdamW'] as const;
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];

export const SCHEDULER_NAMES = ['cosine'] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

export const WARMUP_NAMES = ['linear', 'exponential'] as const;
export type WarmupName = (typeof WARMUP_NAMES)[number];

/** Retrieval metrics that an evaluation reports; src/eval/metrics.ts defines them. */
export const RETRIEVAL_METRICS = ['mMP@5', 'P@1', 'recall@5', 'recall@10', 'mAP@R'] as const;
export type RetrievalMetric = (typeof RETRIEVAL_METRICS)[number];

export const HOLD_OUT_NAMES = ['none', 'classes', 'csv'] as const;
export type HoldOutName = (typeof HOLD_OUT_NAMES)[number];

export const DISTANCE_NAMES = ['euclidean', 'cosine'] as const;
export type DistanceName = (typeof DISTANCE_NAMES)[number];

export const SWEEP_METHODS = ['grid', 'random'] as const;
export type SweepMethod = (typeof SWEEP_METHODS)[number];

export const SWEEP_SCALES = ['linear', 'log'] as const;
export type SweepScale = (typeof SWEEP_SCALES)[number];

export function isOpenClipType(type: BackboneType): boolean {
  return (OPEN_CLIP_TYPES as readonly string[]).includes(type);
}
