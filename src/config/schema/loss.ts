import { LOSS_NAMES } from '../names.ts';
import { choice, section } from './field.ts';

export const lossSection = section(
  {
    name: choice(
      'CrossEntropyLoss',
      LOSS_NAMES,
      { CrossEntropyLoss: "mean cross-entropy of the head's logits" },
      {
        description: "Loss on the head's logits.",
        source: 'training loop',
        aliases: ['type'],
      },
    ),
  },
  { description: 'The loss.' },
);
