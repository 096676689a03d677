import { describe, expect, it } from 'vitest';
import type { TensorEntry, TensorFile } from '../../formats/safetensors.ts';
import { backboneOf, savedName } from './saved-name.ts';

const entry: TensorEntry = { dtype: 'F32', shape: [1], path: 'x.safetensors', offset: 0, length: 4 };
const file = (format: string, names: readonly string[]): TensorFile => ({
  path: 'x.safetensors',
  tensors: new Map(names.map((name) => [name, entry])),
  metadata: { format },
});

describe('the names of a backbone in a checkpoint', () => {
  it('are the published ones, unless neck or head take them', () => {
    expect(savedName('blocks.0.attn.qkv.weight')).toBe('blocks.0.attn.qkv.weight');
    expect(savedName('visual.head.proj.weight')).toBe('visual.head.proj.weight');
    expect(savedName('head.weight')).toBe('backbone.head.weight');
  });

  it('are read back without neck and head', () => {
    const saved = ['cls_token', 'backbone.head.weight', 'head.weight', 'head.t', 'neck.neck.1.weight'];
    const names = [...backboneOf(file('mdfe-checkpoint', saved)).tensors.keys()];
    expect(names).toEqual(['cls_token', 'head.weight']);
  });

  it('are left alone in any other file', () => {
    const published = file('pt', ['cls_token', 'head.weight']);
    expect(backboneOf(published)).toBe(published);
  });
});
