import { describe, expect, it } from 'vitest';
import { parameterCount } from '../graph/ops.ts';
import { buildBackbone } from './build.ts';
import {
  allModels,
  findModel,
  inputSize,
  type ModelInfo,
  modelsOfType,
  requireModel,
  suggest,
} from './registry.ts';
import { BACKBONE_TYPES } from './types.ts';

/** Published parameters that our network leaves out on purpose. */
function leftOut({ structure, args, params }: ModelInfo): number {
  if (structure !== 'VisionTransformerSAM') return 0;
  const width = Number(args.embed_dim);
  const hasNeck = args.neck_chans !== null;
  const neck = hasNeck ? width * 256 + 2 * 256 + 256 * 256 * 9 + 2 * 256 : 2 * width;
  const classes = Number(args.num_classes);
  expect(params).toBeGreaterThan(neck);
  return neck + (classes ? (hasNeck ? 256 : width) * classes + classes : 0);
}

describe('the registry', () => {
  it('lists 58 timm and 39 OpenCLIP models of eight types', () => {
    const count = (library: string) => allModels().filter((m) => m.library === library).length;
    expect([count('timm'), count('open_clip')]).toEqual([58, 39]);
    for (const type of BACKBONE_TYPES) expect(modelsOfType(type).length).toBeGreaterThan(0);
  });

  it.each(allModels().map((model) => [model.name, model] as const))('builds %s', (name, model) => {
    const build = (projLayer: boolean) => buildBackbone({ type: model.type, modelName: name, projLayer });
    const whole = build(true);
    expect(parameterCount(whole) + leftOut(model)).toBe(model.params);
    expect(whole.output.shape).toEqual(['N', model.width.projected]);
    expect(build(false).output.shape).toEqual(['N', model.width.plain]);
  });

  it('finds timm models with and without a tag', () => {
    expect(findModel('vit_so400m_patch14_siglip_384')?.weights?.tag).toBe('webli');
    expect(findModel('vit_base_patch16_siglip_224.webli')?.weights?.hubId).toBe(
      'timm/vit_base_patch16_siglip_224.webli',
    );
    expect(findModel('vit_base_patch16_siglip_224.nonsense')).toBeUndefined();
    expect(findModel('ViT-B-16.openai')).toBeUndefined();
    expect(findModel('ViT-B-16')?.weights).toBeUndefined();
    expect(findModel('samvit_base_patch16_224')?.weights).toBeUndefined();
  });

  it('suggests the nearest name', () => {
    expect(suggest('vit_base_patch16_sigilp_224')).toBe('vit_base_patch16_siglip_224');
    expect(suggest('ViT-B16', 'clip')).toBe('ViT-B-16');
    expect(() => requireModel('vit_small_patch14_dinov3', 'dinov2')).toThrow(/vit_small_patch14_dinov2/);
    expect(() => requireModel('ViT-B-16', 'dinov2')).toThrow(/set MODEL.BACKBONE.type to clip/);
  });

  it('lets dinov2 and sam follow TRANSFORM.size', () => {
    expect(inputSize(findModel('vit_small_patch14_dinov2')!, 224)).toBe(224);
    expect(inputSize(findModel('samvit_base_patch16')!, 384)).toBe(384);
    expect(inputSize(findModel('vit_so400m_patch14_siglip_384')!, 224)).toBe(384);
  });
});

describe('buildBackbone', () => {
  it('floors a size that the patch does not divide', () => {
    const graph = buildBackbone({
      type: 'siglip',
      modelName: 'vit_so400m_patch14_siglip_384',
      projLayer: false,
      imageSize: 384,
    });
    expect(graph.weights.get('pos_embed')?.shape).toEqual([1, 27 * 27, 1152]);
  });

  it('keeps the published position embedding at another size', () => {
    const graph = buildBackbone({
      type: 'dinov2',
      modelName: 'vit_small_patch14_dinov2',
      projLayer: false,
      imageSize: 98,
    });
    expect(graph.weights.get('pos_embed')?.shape).toEqual([1, 1 + 37 * 37, 384]);
    expect(graph.inputs[0]?.shape).toEqual(['N', 3, 98, 98]);
  });

  it('takes the position grid of the checkpoint, and the prefix of one with both towers', () => {
    const published = new Map([
      ['visual.conv1.weight', { shape: [768, 3, 16, 16] }],
      ['visual.positional_embedding', { shape: [1 + 10 * 10, 768] }],
    ]);
    const graph = buildBackbone({
      type: 'clip',
      modelName: 'ViT-B-16',
      projLayer: true,
      weights: published,
    });
    expect(graph.weights.get('visual.positional_embedding')?.shape).toEqual([101, 768]);
    expect(graph.weights.has('visual.proj')).toBe(true);
  });

  it('gives eva02 the classifier of the tag', () => {
    const width = (modelName: string) =>
      buildBackbone({ type: 'eva02', modelName, projLayer: true }).output.shape[1];
    expect(width('eva02_base_patch14_448')).toBe(1000);
    expect(width('eva02_base_patch14_448.mim_in22k_ft_in22k')).toBe(21841);
    expect(width('eva02_base_patch14_224')).toBe(768);
  });

  it('refuses a size smaller than one patch', () => {
    expect(() =>
      buildBackbone({
        type: 'dinov2',
        modelName: 'vit_small_patch14_dinov2',
        projLayer: false,
        imageSize: 13,
      }),
    ).toThrow(/smaller than one patch/);
  });
});
