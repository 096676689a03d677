import { int, section } from './field.ts';

export const dataloaderSection = section(
  {
    batch_size: int(128, {
      min: 1,
      description: 'Images per training step; the last, smaller batch of an epoch is trained on too.',
      unit: 'images',
      source: 'training loop, derived numbers of steps',
      aliases: ['batch', 'bs'],
    }),
    num_workers: int(8, {
      min: 0,
      max: 1024,
      description: 'Threads that decode images beside the training.',
      unit: 'threads',
      source: 'image decoding',
      aliases: ['workers'],
    }),
  },
  { description: 'How images are grouped and read.' },
);
