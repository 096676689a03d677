import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frozenBackbone } from '../src/features/backbone.ts';
import { openSafetensors, readTensor } from '../src/formats/safetensors.ts';
import { createSession } from '../src/lower/onnx/session.ts';
import { buildStructure } from '../src/models/build.ts';
import { BACKBONE_CASES, structureOf } from './backbone-cases.ts';

/** Least cosine between an image's features and those of timm or open_clip in float32. */
const LEAST_COSINE = { fp32: 1 - 1e-9, fp16: 1 - 1e-5, int8: 0.9995 } as const;

let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'mdfe-precision-'));
});
afterAll(() => rm(cacheDir, { recursive: true }));

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    ab += x * b[i]!;
    aa += x * x;
    bb += b[i]! * b[i]!;
  });
  return ab / Math.sqrt(aa * bb);
}

const oneOfEachType = [...new Map(BACKBONE_CASES.map((c) => [c.type, c])).values()];

describe.each(oneOfEachType)('$type ($case)', (c) => {
  it.each(['fp32', 'fp16', 'int8'] as const)('%s', async (precision) => {
    const file = await openSafetensors(join(c.root, 'backbones', `${c.case}.safetensors`));
    const { structure, args } = structureOf(c);
    const { with_proj_layer: projection, image_size: imageSize } = c;
    const graph = buildStructure(structure, args, { projection, imageSize, published: file.tensors });
    const backbone = frozenBackbone(graph, file);
    const { model, weightsFolder } = await backbone.load(precision, cacheDir);
    const session = await createSession(model, weightsFolder, { threads: 1 });
    const [pixels, expected] = [await readTensor(file, '__input'), await readTensor(file, '__output')];
    const [images] = file.tensors.get('__input')!.shape as [number];
    const each = pixels.length / images;
    for (let i = 0; i < images; i++) {
      const shape = [1, 3, imageSize, imageSize] as const;
      const features = await session.run(pixels.subarray(i * each, (i + 1) * each), shape);
      const right = expected.subarray(i * backbone.width, (i + 1) * backbone.width);
      expect(cosine(features, right)).toBeGreaterThan(LEAST_COSINE[precision]);
    }
    await session.dispose();
  });
});
