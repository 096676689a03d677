import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import type { Graph } from '../../src/graph/ops.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildModel } from '../../src/models/build.ts';
import { localModel } from '../../src/models/local-model.ts';

/** A folder for `local-dir:`: a ViT of one layer with 2 x 2 patches. @param side pixels @param width of its features */
export async function writeTinyBackbone(dir: string, side: number, width = 16): Promise<Graph> {
  mkdirSync(dir, { recursive: true });
  const json = {
    architecture: 'vit_small_patch14_dinov2',
    model_args: { img_size: side, patch_size: side / 2, embed_dim: width, depth: 1, num_heads: 2 },
    pretrained_cfg: { input_size: [3, side, side] },
  };
  const path = join(dir, 'config.json');
  writeFileSync(path, JSON.stringify(json));
  const graph = buildModel(localModel(json, path), { projection: false, imageSize: side });
  // Larger than what training starts from, so that the images matter.
  const weights = [...randomWeights(graph, 1)].map(([name, { shape, data }]) => {
    const factor = name.endsWith('gamma') ? 1e5 : name.endsWith('.weight') && shape.length > 1 ? 10 : 1;
    return [name, { shape, data: data().map((x) => factor * x) }] as const;
  });
  await writeSafetensors(join(dir, 'model.safetensors'), weights);
  return graph;
}

/** The workspace's configuration, changed to train the backbone in that folder too. */
export function fineTuningConfig(text: string, dir: string, side: number, epochs: number): string {
  return text
    .replace(
      /BACKBONE: .*/,
      `BACKBONE: { type: dinov2, network_arch: tiny, model_name: "local-dir:${dir}", output_dim: 16, freeze_backbone: False }`,
    )
    .replace('openai-clip, size: 28', `siglip, size: ${side}`)
    .replace('epochs: 4', `epochs: ${epochs}`)
    .replace('save_epoch: [2, 4]', `save_epoch: [${epochs}]`);
}
