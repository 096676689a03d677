import { describe, expect, it } from 'vitest';
import { buildStructure } from './build.ts';

const vit = (args: Record<string, unknown>) =>
  buildStructure('VisionTransformer', { depth: 1, ...args }, { projection: false, imageSize: 32 });

describe('structure arguments', () => {
  it('override the defaults and may carry what has no effect', () => {
    const graph = vit({ embed_dim: 24, num_heads: 3, img_size: [32, 32], drop_path_rate: 0.1 });
    expect(graph.output.shape).toEqual(['N', 24]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown argument', { embed_dimm: 24 }, /no argument embed_dimm[\s\S]*write embed_dim/],
    ['a fraction', { depth: 1.5 }, /depth cannot be used[\s\S]*whole number[\s\S]*1\.5/],
    ['an unknown function', { act_layer: 'mish' }, /gelu, gelu_tanh[\s\S]*mish/],
    ['an oblong image', { img_size: [32, 48] }, /img_size/],
    ['text for a flag', { class_token: 'yes' }, /true or false/],
  ])('refuse %s', (_, args, message) => {
    expect(() => vit(args)).toThrow(message);
  });
});
