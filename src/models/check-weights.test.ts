import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/ops.ts';
import { buildBackbone } from './build.ts';
import { checkWeights, looksLike } from './check-weights.ts';
import type { PublishedTensors } from './net.ts';

type Tensors = Map<string, { shape: readonly number[]; dtype?: string }>;

const tensorsOf = (graph: Graph, prefix = ''): Tensors =>
  new Map([...graph.weights].map(([name, w]) => [prefix + name, { shape: w.shape as readonly number[] }]));

const dinov2 = (modelName: string) => buildBackbone({ type: 'dinov2', modelName, projLayer: false });
const small = dinov2('vit_small_patch14_dinov2');

const problem = (published: PublishedTensors, graph = small, name = 'vit_small_patch14_dinov2'): string => {
  try {
    checkWeights(graph, published, 'x.safetensors', name);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('checkWeights', () => {
  it('accepts the model itself and parts that are left out on purpose', () => {
    const published = tensorsOf(small);
    published.set('head.weight', { shape: [1000, 384] });
    published.set('mask_token', { shape: [1, 384] });
    expect(problem(published)).toBe('none');
  });

  it('names missing, wrong-shaped and surplus tensors at once', () => {
    const published = tensorsOf(small);
    for (const i of [0, 1, 2, 7]) published.delete(`blocks.${i}.attn.proj.bias`);
    published.set('norm.weight', { shape: [385] });
    published.set('norm.bias', { shape: [384], dtype: 'I8' });
    published.set('blocks.12.norm1.weight', { shape: [384] });
    const message = problem(published);
    expect(message).toContain('x.safetensors: these weights do not fit');
    expect(message).toContain('missing:\n    blocks.0-2,7.attn.proj.bias [384]');
    expect(message).toContain('of another shape or type:\n');
    expect(message).toContain('    norm.weight [385] instead of [384]');
    expect(message).toContain('    norm.bias I8 instead of F32, F16, BF16, F64');
    expect(message).toContain('not of this model:\n    blocks.12.norm1.weight [384]');
  });

  it('says which model the weights look like', () => {
    const base = tensorsOf(dinov2('vit_base_patch14_dinov2'));
    expect(problem(base)).toMatch(
      /which look like vit_base_patch14_dinov2 \(type dinov2\)\n.*type to dinov2 and model_name to vit_base_/s,
    );
    // Its 1370 positions are no square grid of a model without a class token.
    const siglip = { type: 'siglip', modelName: 'vit_base_patch16_siglip_224', projLayer: false } as const;
    expect(problem(base, buildBackbone({ ...siglip, weights: base }))).toMatch(
      /pos_embed \[1, 1370, 768\] instead of \[1, 196, 768\][\s\S]*look like vit_base_patch14_dinov2/,
    );
    const registers = tensorsOf(dinov2('vit_small_patch14_reg4_dinov2'));
    expect(looksLike(registers)?.name).toBe('vit_small_patch14_reg4_dinov2');
    expect(looksLike(new Map([['a', { shape: [1] }]]))).toBeUndefined();
  });

  it('names the type of a model of another family', () => {
    const clip = tensorsOf(buildBackbone({ type: 'clip', modelName: 'ViT-B-32', projLayer: false }));
    expect(problem(clip)).toMatch(/look like ViT-B-32 \(type clip\)\n.*set MODEL.BACKBONE.type to clip and/);
  });

  it('does not suggest the very model that is configured', () => {
    const published = tensorsOf(small);
    published.delete('norm.bias');
    expect(problem(published)).toMatch(/got: +173 tensors\n +to do: +choose other weights/);
  });

  it('puts the blocks of a stage into one line', () => {
    const convnext = tensorsOf(
      buildBackbone({ type: 'clip_convnext', modelName: 'convnext_base', projLayer: false }),
    );
    const message = problem(convnext);
    expect(message).toContain('    trunk.stages.2.blocks.0-26.mlp.fc1.bias [2048]\n');
    expect(message.split('\n').length).toBeLessThan(120);
  });

  it('reads only the visual tower of a checkpoint with both', () => {
    const plain = buildBackbone({ type: 'clip', modelName: 'ViT-B-32', projLayer: true });
    const both = tensorsOf(plain, 'visual.');
    both.set('token_embedding.weight', { shape: [49408, 512] });
    both.set('transformer.resblocks.0.ln_1.weight', { shape: [512] });
    const options = { type: 'clip', modelName: 'ViT-B-32', projLayer: false } as const;
    expect(problem(both, buildBackbone({ ...options, weights: both }))).toBe('none');
    expect(looksLike(both)?.name).toBe('ViT-B-32');
    const other = buildBackbone({ ...options, modelName: 'ViT-B-16', weights: both });
    expect(problem(both, other)).toContain('look like ViT-B-32');
  });
});
