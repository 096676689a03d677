import { OPTIMIZER_NAMES } from '../names.ts';
import { choice, float, section } from './field.ts';

export const optimizerSection = section(
  {
    name: choice(
      'Adam',
      OPTIMIZER_NAMES,
      {
        SGD: 'stochastic gradient descent with momentum',
        Adam: 'Adam, weight decay added to the gradient (arXiv 1412.6980)',
        AdamW: 'Adam with decoupled weight decay (arXiv 1711.05101)',
        SAM_Adam: 'sharpness-aware minimisation around Adam, rho 0.05 (arXiv 2010.01412)',
        SAM_AdamW: 'sharpness-aware minimisation around AdamW, rho 0.05 (arXiv 2010.01412)',
      },
      {
        description: 'Optimizer of the trained weights, by the definitions of PyTorch.',
        source: 'training loop; part of the run name',
        aliases: ['type', 'optimizer'],
      },
    ),
    lr: float(2e-3, {
      min: 0,
      description: 'Learning rate after the warm-up; the schedule starts from it.',
      unit: 'per step',
      source: 'training loop; part of the run name',
      aliases: ['learning_rate', 'base_lr'],
    }),
    weight_decay: float(1e-4, {
      min: 0,
      description: 'Weight decay: L2 term in the gradient, decoupled for AdamW.',
      source: 'training loop',
      aliases: ['wd'],
    }),
    momentum: float(0.9, {
      min: 0,
      below: 1,
      description: 'Momentum of SGD.',
      source: 'training loop',
      usedWhen: { key: 'OPTIMIZER.name', is: ['SGD'] },
    }),
  },
  { description: 'How the weights follow the gradient.' },
);
