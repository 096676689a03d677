import { describe, expect, it } from 'vitest';
import { buildStructure } from './build.ts';
import type { StructureName } from './structures.ts';

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

  it.each<[StructureName, Record<string, unknown>, RegExp]>([
    ['VisionTransformer', { num_heads: 5 }, /num_heads[\s\S]*divisor of embed_dim, 24/],
    ['VisionTransformer', { num_heads: 0 }, /num_heads[\s\S]*divisor of embed_dim, 24/],
    ['VisionTransformer', { class_token: false }, /global_pool[\s\S]*avg or map/],
    ['VisionTransformer', { mlp_layer: 'swiglu_packed', mlp_ratio: 1.3 }, /mlp_ratio[\s\S]*even/],
    ['Eva', { num_heads: 5 }, /num_heads[\s\S]*divisor of embed_dim, 24/],
    ['Eva', { num_heads: 4, use_rot_pos_emb: true }, /num_heads[\s\S]*multiple of four/],
    ['VisionTransformerSAM', { num_heads: 7 }, /num_heads[\s\S]*divisor of embed_dim, 24/],
    ['OpenClipVit', { width: 16, head_width: 64 }, /head_width[\s\S]*whole number fills width, 16/],
    ['OpenClipVit', { width: 26, head_width: 5 }, /head_width[\s\S]*whole number fills width, 26/],
    ['OpenClipConvNext', { trunk: { depths: [1, 1], dims: [4, 4, 4, 4] } }, /depths[\s\S]*stages[\s\S]*4/],
    ['OpenClipConvNext', { trunk: { depths: [1, 1, 1, 1, 1], dims: [4, 4, 4, 4, 4] } }, /one patch[\s\S]*64/],
  ])('refuse what does not go together: %s %j', (structure, args, message) => {
    const shared = structure.startsWith('OpenClip')
      ? { embed_dim: 8 }
      : { embed_dim: 24, depth: 1, num_heads: 3 };
    const options = { projection: false, imageSize: 32 };
    expect(() => buildStructure(structure, { ...shared, ...args }, options)).toThrow(message);
  });
});
