import { DISTANCE_NAMES, HOLD_OUT_NAMES, RETRIEVAL_METRICS } from '../names.ts';
import { choice, float, int, section, text } from './field.ts';

const HELD_OUT = { key: 'EVAL.hold_out', is: ['classes', 'csv'] } as const;

export const evalSection = section(
  {
    hold_out: choice(
      'none',
      HOLD_OUT_NAMES,
      {
        none: 'nothing: all classes are trained on and nothing is scored',
        classes: 'a seeded share of the classes of each data set, which training then never sees',
        csv: 'the images of `csv_file`, which are left out of the training sets where they are in them',
      },
      {
        description: 'What is kept from training and used to score retrieval while training.',
        details:
          'Scored before the first step (the zero-shot score), then every `every` epochs and at the end. Held-out images pass through the preprocessing of the packaged model.',
        source: 'evaluation',
        aliases: ['holdout', 'split'],
      },
    ),
    class_share: float(0.1, {
      above: 0,
      below: 1,
      description: 'Share of the classes of each data set that is held out; at least one class.',
      source: 'evaluation: choice of the classes, by SEED',
      usedWhen: { key: 'EVAL.hold_out', is: ['classes'] },
      aliases: ['share', 'val_split'],
    }),
    queries_per_class: int(1, {
      min: 1,
      description: 'Query images of each held-out class; its other images form the index.',
      details: 'At least one image of a class stays in the index.',
      unit: 'images',
      source: 'evaluation: choice of the queries, by SEED',
      usedWhen: { key: 'EVAL.hold_out', is: ['classes'] },
    }),
    csv_file: text('', {
      description: 'CSV with the columns img_path, label, role (query or index) and, if wanted, domain.',
      details: 'Both the file and the paths in it are relative to the data root.',
      source: 'evaluation',
      usedWhen: { key: 'EVAL.hold_out', is: ['csv'] },
      aliases: ['csv', 'file'],
    }),
    metric: choice(
      'euclidean',
      DISTANCE_NAMES,
      {
        euclidean: 'Euclidean distance of the embeddings as they are: the rule of the challenge',
        cosine: '1 - cosine of the angle between the embeddings',
      },
      {
        description: 'Distance by which neighbours are ranked.',
        source: 'evaluation: exact search',
        aliases: ['distance'],
      },
    ),
    every: int(1, {
      min: 1,
      description: 'Epochs between two evaluations; the end of the training is always evaluated.',
      unit: 'epochs',
      source: 'evaluation',
      usedWhen: HELD_OUT,
      aliases: ['eval_freq', 'frequency', 'interval'],
    }),
    best_metric: choice(
      'mMP@5',
      RETRIEVAL_METRICS,
      {
        'mMP@5': "the challenge's modified mean precision at 5",
        'P@1': 'share of queries whose nearest image is of their class',
        'recall@5': 'share of queries with an image of their class among the nearest 5',
        'recall@10': 'share of queries with an image of their class among the nearest 10',
        'mAP@R': 'mean average precision at R (arXiv 2003.08505)',
      },
      {
        description: 'Metric that decides which checkpoint is the best one and when to stop early.',
        details: 'After each evaluation that improves it, neck and head are saved as `<name>_best`.',
        source: 'evaluation, checkpoints',
        usedWhen: HELD_OUT,
        aliases: ['monitor'],
      },
    ),
    patience: int(0, {
      min: 0,
      description: 'Evaluations in a row without improvement after which training stops; 0: never.',
      unit: 'evaluations',
      source: 'training loop',
      usedWhen: HELD_OUT,
      aliases: ['early_stopping'],
    }),
  },
  {
    description: 'How well the embedding retrieves images of classes that it was not trained on.',
    details: 'By default nothing is held out and the training is that of the published system.',
    extension: true,
  },
);
