import vitDrawn from '../../media/vit-drawn-64/config.json' with { type: 'json' };
import { localModel } from './local-model.ts';
import type { ModelInfo } from './registry.ts';

/**
 * Models that come with MDFE, by the name that a configuration gives them: so that everything works offline. Each is a
 * folder under media/ with its weights and a model card.
 */
export const OWN_MODELS: readonly ModelInfo[] = [
  {
    ...localModel(vitDrawn, 'media/vit-drawn-64/config.json'),
    name: 'local-dir:media/vit-drawn-64',
    types: ['siglip'],
    params: 826_240,
  },
];
