import { SCHEDULER_NAMES, WARMUP_NAMES } from '../names.ts';
import { bool, float, int, optionalChoice, section } from './field.ts';

export const schedulerSection = section(
  {
    epoch_based: bool(false, {
      description: 'Step the schedule once per epoch; False steps it in every iteration.',
      source: 'learning-rate schedule',
      usedWhen: { key: 'SCHEDULER.name', is: ['cosine'] },
    }),
    name: optionalChoice(
      'cosine',
      SCHEDULER_NAMES,
      {
        cosine: 'cosine annealing from lr to min_lr (arXiv 1608.03983, without restarts)',
        None: 'constant learning rate after the warm-up',
      },
      {
        description: 'Course of the learning rate.',
        source: 'learning-rate schedule; part of the run name',
        aliases: ['type', 'scheduler'],
      },
    ),
    warmup: optionalChoice(
      'linear',
      WARMUP_NAMES,
      {
        linear: 'factor min(1, (t + 1) / P) at step t',
        exponential: 'factor 1 - exp(-(t + 1) / P) at step t',
        None: 'no warm-up',
      },
      {
        description: 'How the learning rate rises at the start, over P warm-up steps.',
        source: 'arXiv 1910.04209; part of the run name',
        aliases: ['warm_up', 'warmup_type'],
      },
    ),
    warmup_steps: int(1, {
      min: 0,
      description:
        "Length of the warm-up: below 10 that many epochs' worth of steps; else seen_img_warmup counts.",
      details: 'From 10 on the warm-up takes floor(seen_img_warmup / batch_size) steps.',
      unit: 'epochs below 10',
      source: 'learning-rate schedule',
      usedWhen: { key: 'SCHEDULER.warmup', is: ['linear', 'exponential'] },
      aliases: ['warmup_epochs', 'warm_up_steps'],
    }),
    seen_img_warmup: int(160_000, {
      min: 1,
      description: 'Images that the warm-up lasts when warmup_steps is 10 or more.',
      unit: 'images',
      source: 'learning-rate schedule',
      usedWhen: { key: 'SCHEDULER.warmup', is: ['linear', 'exponential'] },
    }),
    min_lr: float(1e-3, {
      min: 0,
      description: 'Learning rate at the end of the cosine.',
      unit: 'per step',
      source: 'learning-rate schedule',
      usedWhen: { key: 'SCHEDULER.name', is: ['cosine'] },
      aliases: ['eta_min', 'lr_min'],
    }),
  },
  { description: 'How the learning rate changes while training.' },
);
