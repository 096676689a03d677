import type { ProblemCode } from '../config/problem-codes.ts';
import type { MachineFacts } from '../config/registries.ts';

/** A text that has a problem, for the documentation and for the tests. */
export interface DiagnosticExample {
  /** What the author can do. */
  readonly todo: string;
  /** The place of the problem stands between `‹` and `›`; absent where the text would be huge. */
  readonly text?: string;
  /** The text after the first quick fix, where there is one. */
  readonly fixed?: string;
  /** What the machine must be like. */
  readonly machine?: MachineFacts;
}

const MACHINE: MachineFacts = {
  dataRoot: '/data',
  datasets: new Map([
    [
      'products_10k',
      {
        state: 'missing',
        what: 'the folder products-10k is not there',
        expected: 'products-10k/train.csv',
        page: 'https://products-10k.github.io',
      },
    ],
  ]),
  files: new Map([
    ['credentials/client_secret.json', false],
    ['counts.csv', false],
  ]),
  gpus: 1,
};

/** One example for each code. */
export const DIAGNOSTIC_EXAMPLES: Readonly<Record<ProblemCode, DiagnosticExample>> = {
  'config/syntax': {
    todo: 'Close the quote or bracket, or correct the indentation.',
    text: 'OPTIMIZER:\n  name: "Adam\n‹›',
  },
  'config/tab': {
    todo: 'Indent with spaces.',
    text: 'OPTIMIZER:\n‹\t›name: Adam\n',
    fixed: 'OPTIMIZER:\n  name: Adam\n',
  },
  'config/too-large': {
    todo: 'Check whether this is the file that was meant; a configuration has a few hundred lines.',
  },
  'config/too-deep': { todo: 'Remove the nesting; a configuration has three levels.' },
  'config/empty': {
    todo: 'Start with a section, or insert a whole experiment by completion.',
    text: '‹›# nothing yet\n',
  },
  'config/not-a-mapping': {
    todo: 'Write the keys of the section indented on the lines below it.',
    text: 'OPTIMIZER: ‹Adam›\n',
  },
  'config/empty-section': {
    todo: 'Give it a key, or remove it.',
    text: 'SEED: 1\n‹OPTIMIZER›:\n',
    fixed: 'SEED: 1\n',
  },
  'config/duplicate-key': {
    todo: 'Keep one of the two.',
    text: 'OPTIMIZER:\n  lr: 2e-2\n  ‹lr›: 1e-3\n',
    fixed: 'OPTIMIZER:\n  lr: 2e-2\n',
  },
  'config/alias': {
    todo: 'Put the anchor (`&name`) before the alias (`*name`).',
    text: 'TRAIN:\n  epochs: ‹*count›\n',
  },
  'config/tag': { todo: 'Write the plain value.', text: 'TRAIN:\n  epochs: !number ‹5›\n' },
  'config/unknown-key': {
    todo: 'Correct the spelling, or move the key to its section.',
    text: 'MODEL:\n  HEAD:\n    ‹nam›: AdaCos\n',
    fixed: 'MODEL:\n  HEAD:\n    name: AdaCos\n',
  },
  'config/type': {
    todo: 'Write a value of the type of the default.',
    text: 'DATASET:\n  names: ‹gldv2›\n',
    fixed: 'DATASET:\n  names: ["gldv2"]\n',
  },
  'config/value': {
    todo: 'Choose one of the values listed.',
    text: 'OPTIMIZER:\n  name: ‹adamw›\n',
    fixed: 'OPTIMIZER:\n  name: AdamW\n',
  },
  'config/range': { todo: 'Stay within the bounds.', text: 'MODEL:\n  HEAD:\n    k: ‹0›\n' },
  'config/length': { todo: 'Give as many items as the key takes.', text: 'DATASET:\n  names: ‹[]›\n' },
  'config/ignored-key': {
    todo: 'Remove the key, or choose the head, neck or schedule that reads it.',
    text: 'MODEL:\n  HEAD:\n    name: AdaCos\n    ‹m›: 0.3\n',
    fixed: 'MODEL:\n  HEAD:\n    name: AdaCos\n',
  },
  'config/recomputed-key': {
    todo: 'Remove the key.',
    text: 'TRANSFORM:\n  size: 384\n  ‹mean›: [0.5, 0.5, 0.5]\n',
    fixed: 'TRANSFORM:\n  size: 384\n',
  },
  'config/embedding-dim': {
    todo: 'Use at most 64 for the challenge; more is fine elsewhere.',
    text: 'MODEL:\n  embedding_dim: ‹128›\n',
    fixed: 'MODEL:\n  embedding_dim: 64\n',
  },
  'config/margin-order': {
    todo: 'Give the rarest class (m_max) the larger margin.',
    text: 'MODEL:\n  HEAD:\n    name: DynM-ArcFace\n    m_max: ‹0.1›\n    m_min: 0.4\n',
    fixed: 'MODEL:\n  HEAD:\n    name: DynM-ArcFace\n    m_max: 0.4\n    m_min: 0.1\n',
  },
  'config/save-epoch': {
    todo: 'Name epochs that are trained.',
    text: 'TRAIN:\n  epochs: 2\n  save_epoch: ‹[1, 2, 3]›\n',
    fixed: 'TRAIN:\n  epochs: 2\n  save_epoch: [1, 2]\n',
  },
  'config/no-checkpoint': {
    todo: 'Save after an epoch that is trained.',
    text: 'TRAIN:\n  epochs: 2\n  save_epoch: ‹[5]›\n',
    fixed: 'TRAIN:\n  epochs: 2\n  save_epoch: [2]\n',
  },
  'config/no-training': {
    todo: 'Train for at least one epoch or iteration.',
    text: 'TRAIN:\n  epochs: ‹0›\n',
    fixed: 'TRAIN:\n  epochs: 10\n',
  },
  'config/warmup-too-long': {
    todo: 'Shorten the warm-up, or train longer.',
    text: 'TRAIN:\n  epochs: 2\nSCHEDULER:\n  warmup_steps: ‹5›\n',
    fixed: 'TRAIN:\n  epochs: 2\nSCHEDULER:\n  warmup_steps: 1\n',
  },
  'config/min-lr': {
    todo: 'Set min_lr below lr.',
    text: 'OPTIMIZER:\n  lr: 1e-4\nSCHEDULER:\n  min_lr: ‹1e-3›\n',
    fixed: 'OPTIMIZER:\n  lr: 1e-4\nSCHEDULER:\n  min_lr: 0.0001\n',
  },
  'config/fine-tuning-lr': {
    todo: 'Fine-tune with a rate of about 1e-5 to 1e-4.',
    text: 'MODEL:\n  BACKBONE:\n    freeze_backbone: False\nOPTIMIZER:\n  lr: ‹2e-2›\nSCHEDULER:\n  min_lr: 0.0\n',
    fixed:
      'MODEL:\n  BACKBONE:\n    freeze_backbone: False\nOPTIMIZER:\n  lr: 1e-5\nSCHEDULER:\n  min_lr: 0.0\n',
  },
  'config/random-transform': {
    todo: 'Use openai-clip for one pass, or `--views V` to store V crops of each image and use them again.',
    text: 'TRANSFORM:\n  name: ‹siglip›\n',
    fixed: 'TRANSFORM:\n  name: openai-clip\n',
  },
  'config/dataset': {
    todo: 'Choose a known set, or name your own data with `folder:PATH` or `csv:FILE`.',
    text: 'DATASET:\n  names: [‹"gldv3"›]\n',
    fixed: 'DATASET:\n  names: [gldv2]\n',
  },
  'config/dataset-twice': {
    todo: 'Name each set once.',
    text: 'DATASET:\n  names: ["spo", ‹"sop"›]\n',
    fixed: 'DATASET:\n  names: ["spo"]\n',
  },
  'config/dataset-missing': {
    todo: 'Select the folder that holds the set, or download the set.',
    text: 'DATASET:\n  names: [‹"products_10k"›]\n',
    machine: MACHINE,
  },
  'config/file-missing': {
    todo: 'Nothing, unless the file should be there already: correct the path then.',
    text: 'MODEL: {HEAD: {name: DynM-ArcFace}}\nDATASET:\n  cls_dist_file: ‹counts.csv›\n',
    machine: MACHINE,
  },
  'config/gpu-ids': {
    todo: 'Name GPUs that exist, or train on one.',
    text: 'TRAIN:\n  data_parallel: True\n  gpu_ids: ‹[0, 1]›\n',
    fixed: 'TRAIN:\n  data_parallel: True\n  gpu_ids: [0]\n',
    machine: MACHINE,
  },
  'config/no-credentials': {
    todo: 'Sign in (MDFE: Sign in to Google Drive, mdfe drive-login), or set cloud_upload to False.',
    text: 'MODEL:\n  cloud_upload: ‹True›\n',
    fixed: 'MODEL:\n  cloud_upload: False\n',
    machine: MACHINE,
  },
  'config/eval-csv': {
    todo: 'Name the file.',
    text: 'EVAL:\n  hold_out: ‹csv›\n',
    fixed: 'EVAL:\n  hold_out: csv\n  csv_file: eval.csv\n',
  },
  'config/sweep-empty': {
    todo: 'Name the keys to vary, or remove the section.',
    text: 'SWEEP:\n  method: grid\n  ‹keys›: {}\n',
  },
  'config/sweep-key': {
    todo: 'Remove it; the message says what decides it instead.',
    text: 'SWEEP:\n  keys:\n    SEED: [1, 2]\n    ‹MODEL.output_dir›: [a, b]\n',
    fixed: 'SWEEP:\n  keys:\n    SEED: [1, 2]\n',
  },
  'config/sweep-range': {
    todo: 'Give `min` and a larger `max`, above 0 on a log scale; keys that are no numbers take a list.',
    text: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: ‹{min: 0, max: 1e-2, scale: log, steps: 3}›\n',
  },
  'config/sweep-repeated': {
    todo: 'Remove one of the two.',
    text: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: [1e-3, 5e-3, ‹0.001›]\n',
    fixed: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: [1e-3, 5e-3]\n',
  },
  'config/sweep-steps': {
    todo: 'Add `steps`, list the values, or draw at random.',
    text: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: ‹{min: 1e-3, max: 1e-1, scale: log}›\n',
    fixed: 'SWEEP:\n  keys:\n    OPTIMIZER.lr: {min: 1e-3, max: 1e-1, scale: log, steps: 5}\n',
  },
  'config/sweep-runs': {
    todo: 'Set `runs`.',
    text: 'SWEEP:\n  method: ‹random›\n  keys:\n    OPTIMIZER.lr: {min: 1e-3, max: 1e-1, scale: log}\n',
    fixed:
      'SWEEP:\n  method: random\n  keys:\n    OPTIMIZER.lr: {min: 1e-3, max: 1e-1, scale: log}\n  runs: 20\n',
  },
  'config/sweep-fewer-runs': {
    todo: 'Ask for fewer, or give more values.',
    text: 'SWEEP:\n  method: random\n  runs: ‹5›\n  keys:\n    SEED: [1, 2, 3]\n',
    fixed: 'SWEEP:\n  method: random\n  runs: 3\n  keys:\n    SEED: [1, 2, 3]\n',
  },
  'config/sweep-many-runs': {
    todo: 'Check the time that it takes (the preview and `mdfe sweep --dry-run` say it); draw fewer at random.',
    text: 'SWEEP:\n  ‹keys›:\n    SEED: {min: 1, max: 101}\n',
  },
  'config/sweep-too-many': {
    todo: 'Give fewer values, or set `runs`.',
    text: 'SWEEP:\n  ‹keys›:\n    SEED: {min: 1, max: 1000}\n    OPTIMIZER.weight_decay: {min: 0, max: 0.1, steps: 11}\n',
  },
  'config/sweep-invalid-run': {
    todo: 'Leave out the value, or sweep in two steps: a grid tries every combination.',
    text: 'EVAL: {hold_out: classes}\nMODEL: {HEAD: {name: DynM-ArcFace}}\nSWEEP:\n  keys:\n    MODEL.HEAD.m_max: [‹0.1›, 0.5]\n    MODEL.HEAD.m_min: [0.05, 0.2]\n',
  },
  'config/sweep-doubtful-run': {
    todo: 'Check that combination.',
    text: 'SCHEDULER:\n  min_lr: 1e-3\nSWEEP:\n  keys:\n    OPTIMIZER.lr: [‹1e-4›, 1e-2]\n',
  },
  'config/sweep-no-effect': {
    todo: 'Sweep the key apart from the values that switch it off.',
    text: 'EVAL: {hold_out: classes}\nSWEEP:\n  keys:\n    MODEL.HEAD.name: [ArcFace, AdaFace]\n    ‹MODEL.HEAD.k›: [1, 3]\n',
  },
  'config/sweep-by-loss': {
    todo: 'Hold classes out with `EVAL.hold_out`.',
    text: 'SWEEP:\n  keys:\n    ‹MODEL.HEAD.m›: [0.2, 0.5]\n',
    fixed: 'SWEEP:\n  keys:\n    MODEL.HEAD.m: [0.2, 0.5]\nEVAL:\n  hold_out: classes\n',
  },
  'config/model-unknown': {
    todo: 'Correct the name; `mdfe models` lists all.',
    text: 'MODEL:\n  BACKBONE:\n    model_name: ‹vit_base_patch16_sigclip_224›\n',
    fixed: 'MODEL:\n  BACKBONE:\n    model_name: vit_base_patch16_siglip_224\n',
  },
  'config/model-type': {
    todo: 'Choose a model of the type, or the type of the model.',
    text: 'MODEL:\n  BACKBONE:\n    type: ‹dinov2›\n',
    fixed: 'MODEL:\n  BACKBONE:\n    type: siglip\n',
  },
  'config/weights-missing': {
    todo: 'Name the weights tag.',
    text: 'MODEL:\n  BACKBONE:\n    type: clip\n    model_name: ‹ViT-B-16›\n',
    fixed: 'MODEL:\n  BACKBONE:\n    type: clip\n    model_name: ViT-B-16\n    weights: openai\n',
  },
  'config/weights-unknown': {
    todo: 'Choose one of the tags listed.',
    text: 'MODEL:\n  BACKBONE:\n    type: clip\n    model_name: ViT-B-16\n    weights: ‹opneai›\n',
    fixed: 'MODEL:\n  BACKBONE:\n    type: clip\n    model_name: ViT-B-16\n    weights: openai\n',
  },
  'config/output-dim': {
    todo: 'Correct or remove it; the width of the backbone counts anyway.',
    text: 'MODEL:\n  BACKBONE:\n    output_dim: ‹768›\n',
    fixed: 'MODEL:\n  BACKBONE:\n    output_dim: 1152\n',
  },
  'config/image-size-fixed': {
    todo: 'Correct or remove it; the size of the model counts anyway.',
    text: 'TRANSFORM:\n  size: ‹224›\n',
    fixed: 'TRANSFORM:\n  size: 384\n',
  },
  'config/image-size': {
    todo: 'Use at least one patch; a multiple of the patch leaves no pixel unused.',
    text: 'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}\nTRANSFORM:\n  size: ‹8›\n',
    fixed:
      'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}\nTRANSFORM:\n  size: 518\n',
  },
  'config/unused-pixels': {
    todo: 'Choose a multiple of the patch.',
    text: 'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}\nTRANSFORM:\n  size: ‹100›\n',
    fixed:
      'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}\nTRANSFORM:\n  size: 98\n',
  },
};

/** Takes the marks out. */
export function unmark(marked: string): { text: string; start: number; end: number } {
  const start = marked.indexOf('‹');
  const end = marked.indexOf('›') - 1;
  return { text: marked.replace(/[‹›]/g, ''), start, end };
}
