import { bool, int, ints, section, text } from './field.ts';

const EPOCH_BASED = 'TRAIN.epoch_based';

export const trainSection = section(
  {
    epoch_based: bool(true, {
      description: 'Count the training by epochs; False counts it by iterations.',
      source: 'training loop',
    }),
    epochs: int(10, {
      min: 0,
      description: 'Passes over the training images.',
      unit: 'epochs',
      source: 'training loop',
      usedWhen: { key: EPOCH_BASED, is: [true] },
      aliases: ['epoch', 'num_epochs', 'n_epochs'],
    }),
    iterations: int(0, {
      min: 0,
      description: 'Training steps; computed from the epochs when epoch_based.',
      unit: 'steps',
      source: 'training loop',
      usedWhen: { key: EPOCH_BASED, is: [false] },
      aliases: ['iters', 'steps', 'num_iterations'],
    }),
    save_epoch: ints([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], {
      min: 1,
      description: 'Epochs after which a checkpoint is saved, counted from 1.',
      unit: 'epochs',
      source: 'checkpoints',
      usedWhen: { key: EPOCH_BASED, is: [true] },
      aliases: ['save_epochs'],
    }),
    save_iter: int(2500, {
      min: 1,
      description: 'Steps between checkpoints; recomputed as floor(seen_img_save / batch_size).',
      unit: 'steps',
      source: 'checkpoints',
      usedWhen: { key: EPOCH_BASED, is: [false] },
    }),
    seen_img_save: int(320_000, {
      min: 1,
      description: 'Images between two checkpoints of an iteration-based training.',
      unit: 'images',
      source: 'checkpoints',
      usedWhen: { key: EPOCH_BASED, is: [false] },
    }),
    print_freq: int(500, {
      min: 1,
      description: 'Steps between two lines of the log.',
      unit: 'steps',
      source: 'log',
      aliases: ['log_freq', 'print_frequency'],
    }),
    device: text('cuda:0', {
      filled: true,
      description: 'Device to train on; the flag --device replaces it.',
      source: 'engine choice',
    }),
    gpu_ids: ints([0, 1], {
      min: 0,
      description: 'GPUs used with --data-parallelism.',
      unit: 'device numbers',
      source: 'engine choice',
      aliases: ['gpus', 'device_ids'],
    }),
    data_parallel: bool(false, {
      description: 'Spread each batch over the GPUs of gpu_ids; the flag --data-parallelism sets it.',
      source: 'engine choice',
      aliases: ['data_parallelism'],
    }),
  },
  { description: 'How long to train, what to save and where to compute.' },
);
