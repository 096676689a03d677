import { expect, test } from 'vitest';
import { BACKBONE_TYPES } from '../models/types.ts';
import { knownModels } from './known-models.ts';
import { parseConfig } from './parse.ts';

test('each family has models', () => {
  for (const type of BACKBONE_TYPES) expect(knownModels.ofType(type).length).toBeGreaterThan(0);
});

const codes = (backbone: string) =>
  parseConfig(`MODEL: {BACKBONE: ${backbone}}`, 'x.yaml', { models: knownModels }).problems.map(
    (p) => p.code,
  );

test.each([
  ['{}', []],
  ['{model_name: vit_so400m_patch14_siglip_384.webli}', []],
  ['{type: dinov2, model_name: vit_small_patch14_dinov2, output_dim: 384}', []],
  ['{type: clip, model_name: ViT-B-16, weights: openai, output_dim: 768}', []],
  ['{type: clip, model_name: ViT-B-16, weights: openai, output_dim: 512, proj_layer: True}', []],
  ['{type: clip, model_name: ViT-B-16}', ['config/weights-missing']],
  ['{type: sam}', ['config/model-type']],
  ['{model_name: vit_so400m_patch14_siglip_348}', ['config/model-unknown']],
])('MODEL.BACKBONE %s', (backbone, expected) => expect(codes(backbone)).toEqual(expected));

test('every model with every tag of it reads without an error under its types', () => {
  for (const type of BACKBONE_TYPES)
    for (const model of knownModels.ofType(type))
      for (const tag of model.tags.length ? model.tags : ['']) {
        const openClip = model.defaultTag === undefined && tag !== '';
        const name = openClip || tag === '' ? model.name : `${model.name}.${tag}`;
        const weights = openClip ? tag : '""';
        expect([name, codes(`{type: ${type}, model_name: ${name}, weights: ${weights}}`)]).toEqual([
          name,
          [],
        ]);
      }
});
