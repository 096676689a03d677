import type { ModelFacts } from '../config/registries.ts';
import type { HeadName } from '../heads/head.ts';
import { type BackboneType, isOpenClipType } from '../models/types.ts';
import { modelLine } from './markdown.ts';

export const TASKS = {
  'linear-probing': 'Linear probing: the backbone stays frozen, neck and head are trained',
  'fine-tuning': 'Fine-tuning: backbone, neck and head are trained together',
  'zero-shot': 'Zero-shot model: the frozen backbone with an untrained projection',
} as const;
export type Task = keyof typeof TASKS;

/** What a new experiment is made of. */
export interface Experiment {
  /** Name of the file, without folder and extension. */
  readonly name: string;
  readonly task: Task;
  readonly type: BackboneType;
  readonly model: ModelFacts;
  /** Weights tag; absent: the default, or the first. */
  readonly tag?: string;
  readonly datasets: readonly string[];
  readonly head: HeadName;
}

/** A complete configuration with comments; lines end with `\n`. */
export function experimentYaml(experiment: Experiment): string {
  const { task } = experiment;
  const parts = [title(experiment), model(experiment)];
  if (task === 'zero-shot') parts.push(`TRANSFORM:\n  size: ${experiment.model.imageSize} # pixels`);
  else parts.push(data(experiment), task === 'fine-tuning' ? FINE_TUNING : PROBING);
  return `${parts.join('\n\n')}\n`.replace('\n\nMODEL', '\nMODEL');
}

function title({ name, task, model, datasets, head }: Experiment): string {
  const where = task === 'zero-shot' ? '' : ` on ${datasets.join(', ')} with ${head}`;
  const command = task === 'zero-shot' ? 'zero-shot' : 'train';
  const argument = task === 'zero-shot' ? '' : ' DATA_DIR';
  return `# ${TASKS[task].split(':')[0]} of ${model.name}${where}.
#
# Command:   npx mdfe ${command} configs/${name}.yaml${argument}`;
}

function model({ name, task, type, model, tag, head }: Experiment): string {
  const weights = tag ?? model.defaultTag ?? model.tags[0];
  const openClip = isOpenClipType(type);
  const tagged = !openClip && weights !== undefined && weights !== model.defaultTag;
  const lines = [
    'MODEL:',
    `  name: ${name}`,
    "  embedding_dim: 64 # numbers per image, the challenge's limit",
    '  cloud_upload: False # True uploads every checkpoint to Google Drive',
    '  BACKBONE:',
    `    type: ${type}`,
    `    network_arch: ${shortName(model.name)} # for the name of the run`,
    `    model_name: ${model.name}${tagged ? `.${weights}` : ''} # ${modelLine(model)}`,
    ...(openClip && weights !== undefined ? [`    weights: ${weights}`] : []),
    `    output_dim: ${model.width} # features of the backbone`,
    `    freeze_backbone: ${task === 'fine-tuning' ? 'False' : 'True'}`,
    '  NECK:',
    '    neck_type: proj_layer # dropout, then a trained linear layer',
    '    dropout: 0.2',
  ];
  if (task !== 'zero-shot')
    lines.push('  HEAD:', `    name: ${head}`, ...HEAD_KEYS[head].map((l) => `    ${l}`));
  return lines.join('\n');
}

const S = 's: 30.0 # scale of the logits';
const M = 'm: 0.5 # margin, radians';
const K = 'k: 3 # sub-centres per class';

const HEAD_KEYS: Readonly<Record<HeadName, readonly string[]>> = {
  ArcFace: [K, S, M],
  'DynM-ArcFace': [
    K,
    S,
    'm_max: 0.5 # margin of the rarest class, radians',
    'm_min: 0.2 # of the most frequent',
  ],
  AdaCos: ['dynamic_s: True # adapt the scale in every batch'],
  LiArcFace: [S, M],
  CurricularFace: [S, M],
  AdaFace: [S, M, 'h: 0.333 # how far the feature norm moves the margin'],
};

function data({ datasets, model, task }: Experiment): string {
  const batch = task === 'fine-tuning' ? 32 : 128;
  return `DATASET:
  names: [${datasets.map((set) => JSON.stringify(set)).join(', ')}]

DATALOADER:
  batch_size: ${batch} # images per step

TRANSFORM:
  name: ${task === 'fine-tuning' ? 'openclip # random crops' : 'openai-clip # no randomness: one pass of the backbone'}
  size: ${model.imageSize} # pixels`;
}

const PROBING = `TRAIN:
  epochs: 10
  save_epoch: [10] # epochs after which a checkpoint is saved

OPTIMIZER:
  name: Adam
  lr: 2e-2
  weight_decay: 1e-4

SCHEDULER:
  name: cosine
  warmup: linear
  warmup_steps: 1 # epoch
  min_lr: 1e-3`;

const FINE_TUNING = `TRAIN:
  epochs: 5
  save_epoch: [5] # epochs after which a checkpoint is saved

OPTIMIZER:
  name: AdamW
  lr: 1e-5
  weight_decay: 0.05

SCHEDULER:
  name: cosine
  warmup: linear
  warmup_steps: 1 # epoch
  min_lr: 1e-7`;

/** `vit-so400m` for vit_so400m_patch14_siglip_384. */
function shortName(model: string): string {
  return model
    .replace(/_?patch\d+.*$/, '')
    .replace(/[^\w-]|_/g, '-')
    .toLowerCase();
}
