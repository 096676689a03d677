import { describe, expect, it } from 'vitest';
import { buildModel } from './build.ts';
import { localModel } from './local-model.ts';

const config = {
  architecture: 'vit_small_patch14_dinov2',
  num_features: 96,
  model_args: {
    img_size: 56,
    patch_size: 8,
    embed_dim: 96,
    depth: 2,
    num_heads: 3,
    reg_tokens: 2,
    no_embed_class: true,
  },
  pretrained_cfg: {
    input_size: [3, 56, 56],
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
    interpolation: 'bicubic',
  },
};

describe('localModel', () => {
  it('overrides the structure of a registered model', () => {
    const model = localModel(config, 'x/config.json');
    expect(model).toMatchObject({
      type: 'dinov2',
      imageSize: 56,
      std: [0.2, 0.2, 0.2],
      width: { plain: 96 },
      tags: [],
    });
    const graph = buildModel(model, { projection: false, imageSize: model.imageSize });
    expect(graph.output.shape).toEqual(['N', 96]);
    expect(graph.weights.get('reg_token')?.shape).toEqual([1, 2, 96]);
    expect(graph.weights.get('pos_embed')?.shape).toEqual([1, 49, 96]);
  });

  it('flattens OpenCLIP arguments and keeps what is not overridden', () => {
    const clip = { architecture: 'ViT-B-32', model_args: { embed_dim: 64, vision_cfg: { layers: 2 } } };
    const model = localModel(clip, 'c.json');
    expect(model.args).toMatchObject({ embed_dim: 64, layers: 2, width: 768, patch_size: 32 });
    expect(model.imageSize).toBe(224);
  });

  it('reads the arguments that OpenCLIP writes for a ConvNeXt tower', () => {
    const vision = {
      timm_model_name: 'convnext_base',
      timm_pool: '',
      timm_proj: 'mlp',
      timm_drop: 0.1,
      image_size: 64,
    };
    const model = localModel(
      { architecture: 'convnext_base_w', model_args: { embed_dim: 32, vision_cfg: vision } },
      'c.json',
    );
    const graph = buildModel(model, { projection: true, imageSize: model.imageSize });
    expect(graph.output.shape).toEqual(['N', 32]);
    expect(graph.inputs[0]?.shape).toEqual(['N', 3, 64, 64]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a list', [], /an object/],
    ['no architecture', {}, /architecture of the model's config.json[\s\S]*got: {6}nothing/],
    ['an unknown architecture', { architecture: 'vit_small_patch14_dino2' }, /vit_small_patch14_dinov2/],
    ['an oblong input', { ...config, pretrained_cfg: { input_size: [3, 56, 48] } }, /\[3, side, side\]/],
    [
      'an input below one patch',
      { ...config, pretrained_cfg: { input_size: [3, 7, 7] } },
      /at least one patch, 8/,
    ],
    ['a std of 0', { ...config, pretrained_cfg: { std: [0, 1, 1] } }, /numbers above 0/],
    ['a short mean', { ...config, pretrained_cfg: { mean: [0.5] } }, /three numbers/],
  ])('refuses %s', (_, json, message) => {
    expect(() => localModel(json, 'x/config.json')).toThrow(message);
  });
});
