import { expect, test } from 'vitest';
import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import type { DatasetRegistry } from '../config/registries.ts';
import { documentLinks } from './document-links.ts';

const datasets: DatasetRegistry = {
  names: ['spo'],
  canonical: (name) => (name === 'spo' || name.startsWith('csv:') ? name : undefined),
  about: (name) => (name === 'spo' ? { title: 'SOP', page: 'https://sop.example' } : undefined),
};
const context = {
  models: knownModels,
  datasets,
  findFile: (from: string, path: string) => (path.startsWith('no') ? undefined : `/${from}/${path}`),
};

function links(text: string): string[] {
  return documentLinks(text, parseConfig(text, '', context), context).map(
    ({ start, end, target }) =>
      `${text.slice(start, end)} -> ${'page' in target ? target.page : target.file}`,
  );
}

test.each([
  [
    'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}',
    ['vit_small_patch14_dinov2 -> https://huggingface.co/timm/vit_small_patch14_dinov2.lvd142m'],
  ],
  [
    'MODEL: {BACKBONE: {type: siglip, model_name: "vit_base_patch16_siglip_224.webli"}}',
    ['vit_base_patch16_siglip_224.webli -> https://huggingface.co/timm/vit_base_patch16_siglip_224.webli'],
  ],
  [
    'DATASET: {names: ["spo", "csv:my.csv", "csv:none.csv", x], cls_dist_file: "a.csv"}',
    ['spo -> https://sop.example', 'csv:my.csv -> /data/my.csv', 'a.csv -> /workspace/a.csv'],
  ],
  ['EVAL:\n  hold_out: csv\n  csv_file: nothing.csv\n', []],
  ['MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16}}', []],
  ['TRAIN:\n  epochs: 3\n', []],
])('%s', (text, expected) => expect(links(text)).toEqual(expected));
