import { TRANSFORM_NAMES } from '../names.ts';
import { choice, int, rgb, section } from './field.ts';

export const transformSection = section(
  {
    name: choice(
      'openai-clip',
      TRANSFORM_NAMES,
      {
        'openai-clip': 'shorter side to size, centre crop; no randomness',
        openclip: 'random resized crop of 90 to 100 % of the area',
        'eva-clip': 'random resized crop of 90 to 100 % of the area',
        siglip: 'random resized crop of 8 to 100 % of the area, colour jitter',
        custom: 'as openclip, with horizontal flip and colour jitter',
      },
      {
        description: 'How a training image becomes a square of pixels.',
        details:
          'With a frozen backbone a random transform costs a new pass over the images for every stored view; `openai-clip` needs one pass.',
        source: 'image pipeline; part of the run name',
        aliases: ['type', 'transform'],
      },
    ),
    size: int(384, {
      min: 1,
      max: 4096,
      description:
        "Side of the square that the model sees; for dinov2 and sam it sets the model's input size.",
      details: 'Other families have a fixed size of their own.',
      unit: 'pixels',
      source: 'image pipeline, position embeddings',
      aliases: ['image_size', 'img_size', 'resolution'],
    }),
    mean: rgb([0.48145466, 0.4578275, 0.40821073], {
      min: 0,
      max: 1,
      description: "Mean of each colour channel; replaced by the backbone's own.",
      unit: 'intensity 0..1',
      source: 'OpenAI CLIP preprocessing',
    }),
    std: rgb([0.26862954, 0.26130258, 0.27577711], {
      above: 0,
      max: 1,
      description: "Standard deviation of each colour channel; replaced by the backbone's own.",
      unit: 'intensity 0..1',
      source: 'OpenAI CLIP preprocessing',
    }),
  },
  { description: 'From image file to model input.' },
);
