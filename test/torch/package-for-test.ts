import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../src/common/rng.ts';
import type { NeckType } from '../../src/config/names.ts';
import { resizeForInference, resizeForInferenceUint8 } from '../../src/data/image/inference.ts';
import { openSafetensors, type TensorFile } from '../../src/formats/safetensors.ts';
import type { Graph } from '../../src/graph/ops.ts';
import { axisLength } from '../../src/graph/shape.ts';
import { lowerToOnnx, weightsFolder } from '../../src/lower/onnx/lower.ts';
import { createSession } from '../../src/lower/onnx/session.ts';
import { buildStructure } from '../../src/models/build.ts';
import { inferenceGraph } from '../../src/package/inference-graph.ts';
import { type InferenceModel, WRITE_MODEL } from '../../src/package/model-file.ts';
import { PackedWeights } from '../../src/package/weights.ts';
import { linearNeck, poolingNeck } from '../../src/train/neck.ts';
import { initialNeck } from '../../src/train/probe/initial.ts';
import { BACKBONE_CASES, structureOf } from '../backbone-cases.ts';
import type { TorchImage } from './python.ts';

/** Numbers per image. */
export const EMBEDDING = 12;
const MEAN = [0.48, 0.45, 0.4] as const;
const STD = [0.27, 0.26, 0.28] as const;

/** A backbone with its weights, and an untrained neck. */
export interface Subject {
  readonly backbone: Graph;
  readonly file: TensorFile;
  readonly neck: NeckType;
  readonly imageSize: number;
}

/** A golden case by its place; the necks take turns. */
export async function goldenSubject(place: number): Promise<Subject> {
  const testCase = BACKBONE_CASES[place]!;
  const file = await openSafetensors(join(testCase.root, 'backbones', `${testCase.case}.safetensors`));
  const { structure, args } = structureOf(testCase);
  const backbone = buildStructure(structure, args, {
    projection: testCase.with_proj_layer,
    imageSize: testCase.image_size,
    published: file.tensors,
  });
  return { backbone, file, neck: place % 2 ? 'pooling' : 'proj_layer', imageSize: testCase.image_size };
}

/** Pixels of images, the same for the same seed. */
export function noise(shape: readonly number[], seed: number): Uint8Array {
  const rng = new Rng(seed, 'noise');
  return Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.below(256));
}

const width = ({ backbone }: Subject) => axisLength(backbone.output.shape, 1);
const neckState = (subject: Subject) =>
  initialNeck({ neck: subject.neck, width: width(subject), embeddingDim: EMBEDDING, seed: 3 });

/** Writes the subject into a file; the format is that of the file's name. */
export async function packageSubject(subject: Subject, path: string): Promise<InferenceModel> {
  const model: InferenceModel = {
    graph: inferenceGraph(subject.backbone, subject.neck, EMBEDDING),
    weights: new PackedWeights(subject.file.tensors, neckState(subject), 'F32'),
    preprocessing: { imageSize: subject.imageSize, mean: MEAN, std: STD },
  };
  await WRITE_MODEL[path.endsWith('.onnx') ? 'onnx' : 'pt'](path, model);
  return model;
}

/** Embeddings by our own inference: resize in TypeScript, backbone on ONNX Runtime, neck in TypeScript. */
export async function embedSubject(subject: Subject, image: TorchImage): Promise<Float32Array> {
  const count = image.shape[0];
  const pixels = normalisedPixels(image, subject.imageSize);
  const { backbone, file, imageSize, neck } = subject;
  const session = await createSession(lowerToOnnx(backbone, file), weightsFolder(file), { threads: 1 });
  try {
    const features = await session.run(pixels, [count, 3, imageSize, imageSize]);
    const made = neck === 'pooling' ? poolingNeck(width(subject), EMBEDDING) : linearNeck(neckState(subject));
    return made.embed(features);
  } finally {
    await session.dispose();
  }
}

/** [n, 3, S, S] */
function normalisedPixels({ file, shape: [count, , height, width], dtype }: TorchImage, size: number) {
  const raw = readFileSync(file);
  const [area, square] = [width * height, size * size];
  const pixels = new Float32Array(count * 3 * square);
  for (let n = 0; n < count; n++) {
    const data = new Uint8Array(3 * area);
    for (let c = 0; c < 3; c++) for (let p = 0; p < area; p++) data[3 * p + c] = raw[(n * 3 + c) * area + p]!;
    const image = { data, width, height };
    const resized = dtype.startsWith('float')
      ? resizeForInference(image, size)
      : resizeForInferenceUint8(image, size);
    resized.forEach((value, p) => {
      const channel = Math.floor(p / square);
      pixels[n * 3 * square + p] = (value / 255 - MEAN[channel]!) / STD[channel]!;
    });
  }
  return pixels;
}
