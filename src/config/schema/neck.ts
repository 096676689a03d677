import { NECK_TYPES } from '../names.ts';
import { choice, float, section } from './field.ts';

export const neckSection = section(
  {
    neck_type: choice(
      'proj_layer',
      NECK_TYPES,
      {
        proj_layer: 'dropout, then a trained linear layer from the width of the backbone to embedding_dim',
        pooling: 'adaptive average pooling of the feature vector to embedding_dim; nothing to train',
      },
      {
        description: "How the backbone's features are reduced to the embedding.",
        source: 'model builder',
        aliases: ['type', 'name'],
      },
    ),
    dropout: float(0.2, {
      min: 0,
      below: 1,
      description: 'Share of the features that is zeroed at random before the projection, while training.',
      unit: 'probability',
      source: 'Srivastava et al., JMLR 15 (2014)',
      usedWhen: { key: 'MODEL.NECK.neck_type', is: ['proj_layer'] },
      aliases: ['drop', 'p'],
    }),
  },
  { description: 'Reduces the features of the backbone to the embedding.' },
);
