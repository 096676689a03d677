import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/common/rng.ts';
import type { NeckType } from '../src/config/names.ts';
import { resizeForInference, resizeForInferenceUint8 } from '../src/data/image/inference.ts';
import { openSafetensors, type TensorFile } from '../src/formats/safetensors.ts';
import type { Graph } from '../src/graph/ops.ts';
import { lowerToOnnx, weightsFolder } from '../src/lower/onnx/lower.ts';
import { createSession } from '../src/lower/onnx/session.ts';
import { writeTorchScript } from '../src/lower/torchscript/archive.ts';
import { lowerToTorchScript } from '../src/lower/torchscript/lower.ts';
import { buildStructure } from '../src/models/build.ts';
import { inferenceGraph, statePaths } from '../src/package/inference-graph.ts';
import { PackedWeights } from '../src/package/weights.ts';
import { linearNeck, poolingNeck } from '../src/train/neck.ts';
import { initialNeck } from '../src/train/probe/initial.ts';
import { BACKBONE_CASES, type BackboneCase, structureOf } from './backbone-cases.ts';
import { expectClose } from './golden-tensors.ts';
import { NO_TORCH, PYTHON, runTorch, type TorchImage, type TorchResult } from './torch/python.ts';

const EMBEDDING = 12;
const MEAN = [0.48, 0.45, 0.4] as const;
const STD = [0.27, 0.26, 0.28] as const;
/** Smaller and larger than every model's square, wide and tall, of every kind of number, more than one image. */
const IMAGES = [
  { shape: [1, 3, 20, 25], dtype: 'uint8' },
  { shape: [3, 3, 96, 61], dtype: 'uint8' },
  { shape: [2, 3, 70, 130], dtype: 'float32' },
  { shape: [1, 3, 131, 40], dtype: 'float64' },
  { shape: [1, 3, 300, 300], dtype: 'int32' },
] as const satisfies readonly Omit<TorchImage, 'file'>[];

interface Prepared {
  readonly graph: Graph;
  readonly file: TensorFile;
  readonly neck: NeckType;
  readonly names: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'mdfe-torchscript-'));
const prepared: Prepared[] = [];
let results: readonly TorchResult[] = [];
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!PYTHON)(`TorchScript${PYTHON ? '' : ` (${NO_TORCH})`}`, () => {
  beforeAll(async () => {
    const images = IMAGES.map((image, i) => {
      const rng = new Rng(7, i);
      const file = join(folder, `${i}.raw`);
      const count = image.shape.reduce((a: number, b) => a * b, 1);
      writeFileSync(
        file,
        Uint8Array.from({ length: count }, () => rng.below(256)),
      );
      return { ...image, file };
    });
    const jobs = [];
    for (const [i, testCase] of BACKBONE_CASES.entries()) {
      const model = join(folder, `${i}.pt`);
      prepared.push(await packageCase(testCase, i % 2 ? 'pooling' : 'proj_layer', model));
      jobs.push({ model, resaved: join(folder, `${i}-resaved.pt`), images });
    }
    results = runTorch(jobs);
  }, 300_000);

  it.each(BACKBONE_CASES.map((c, i) => [c.case, i] as const))(
    '%s computes what our inference does',
    async (_, i) => {
      const { graph, file, neck, names } = prepared[i]!;
      const result = results[i]!;
      expect(result.damaged).toBeNull();
      expect(result.same).toBe(true);
      expect(Object.keys(result.state).toSorted()).toEqual(names.toSorted());
      for (const [k, image] of IMAGES.entries()) {
        const expected = await ours(
          graph,
          file,
          neck,
          BACKBONE_CASES[i]!.image_size,
          image,
          join(folder, `${k}.raw`),
        );
        expect(result.dtypes[k]).toBe('torch.float32');
        expect(result.shapes[k]).toEqual([image.shape[0], EMBEDDING]);
        expectClose(`${image.dtype} [${image.shape}]`, result.outputs[k]!, expected, 1e-4);
      }
    },
  );
});

const neckState = (neck: NeckType, width: number) =>
  initialNeck({ neck, width, embeddingDim: EMBEDDING, seed: 3 });

async function packageCase(testCase: BackboneCase, neck: NeckType, path: string): Promise<Prepared> {
  const file = await openSafetensors(join(testCase.root, 'backbones', `${testCase.case}.safetensors`));
  const { structure, args } = structureOf(testCase);
  const backbone = buildStructure(structure, args, {
    projection: testCase.with_proj_layer,
    imageSize: testCase.image_size,
    published: file.tensors,
  });
  const graph = inferenceGraph(backbone, neck, EMBEDDING);
  const paths = statePaths(graph);
  const module = lowerToTorchScript(graph, paths, { imageSize: testCase.image_size, mean: MEAN, std: STD });
  const width = backbone.output.shape[1] as number;
  await writeTorchScript(path, module, new PackedWeights(file.tensors, neckState(neck, width), 'F32').get);
  return { graph: backbone, file, neck, names: [...paths.values()].map((p) => p.join('.')) };
}

/** Each image resized by our own code, the backbone on ONNX Runtime, the neck in plain TypeScript. */
async function ours(
  graph: Graph,
  file: TensorFile,
  neckType: NeckType,
  size: number,
  { shape: [count, , height, width], dtype }: Omit<TorchImage, 'file'>,
  path: string,
): Promise<Float32Array> {
  const raw = readFileSync(path);
  const pixels = new Float32Array(count * 3 * size * size);
  const area = width * height;
  for (let n = 0; n < count; n++) {
    const data = new Uint8Array(3 * area);
    for (let c = 0; c < 3; c++) for (let p = 0; p < area; p++) data[3 * p + c] = raw[(n * 3 + c) * area + p]!;
    const image = { data, width, height };
    const resized = dtype.startsWith('float')
      ? resizeForInference(image, size)
      : resizeForInferenceUint8(image, size);
    resized.forEach((value, p) => {
      const channel = Math.floor(p / (size * size));
      pixels[n * 3 * size * size + p] = (value / 255 - MEAN[channel]!) / STD[channel]!;
    });
  }
  const session = await createSession(lowerToOnnx(graph, file), weightsFolder(file), { threads: 1 });
  try {
    const features = await session.run(pixels, [count, 3, size, size]);
    const featureWidth = features.length / count;
    const neck =
      neckType === 'pooling'
        ? poolingNeck(featureWidth, EMBEDDING)
        : linearNeck(neckState(neckType, featureWidth));
    return neck.embed(features);
  } finally {
    await session.dispose();
  }
}
