import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/common/rng.ts';
import { openSafetensors } from '../src/formats/safetensors.ts';
import { buildStructure } from '../src/models/build.ts';
import { statePaths } from '../src/package/inference-graph.ts';
import type { InferenceModel } from '../src/package/model-file.ts';
import { BACKBONE_CASES, type BackboneCase, structureOf } from './backbone-cases.ts';
import { expectClose } from './golden-tensors.ts';
import { EMBEDDING, embedSubject, packageSubject, type Subject } from './torch/package-for-test.ts';
import { NO_TORCH, PYTHON, runTorch, type TorchImage, type TorchResult } from './torch/python.ts';

/** Smaller and larger than every model's square, wide and tall, of every kind of number, more than one image. */
const IMAGES = [
  { shape: [1, 3, 20, 25], dtype: 'uint8' },
  { shape: [3, 3, 96, 61], dtype: 'uint8' },
  { shape: [2, 3, 70, 130], dtype: 'float32' },
  { shape: [1, 3, 131, 40], dtype: 'float64' },
  { shape: [1, 3, 300, 300], dtype: 'int32' },
] as const satisfies readonly Omit<TorchImage, 'file'>[];

const folder = mkdtempSync(join(tmpdir(), 'mdfe-torchscript-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function subjectOf(testCase: BackboneCase, place: number): Promise<Subject> {
  const file = await openSafetensors(join(testCase.root, 'backbones', `${testCase.case}.safetensors`));
  const { structure, args } = structureOf(testCase);
  const backbone = buildStructure(structure, args, {
    projection: testCase.with_proj_layer,
    imageSize: testCase.image_size,
    published: file.tensors,
  });
  return { backbone, file, neck: place % 2 ? 'pooling' : 'proj_layer', imageSize: testCase.image_size };
}

describe.skipIf(!PYTHON)(`TorchScript${PYTHON ? '' : ` (${NO_TORCH})`}`, () => {
  const subjects: Subject[] = [];
  const models: InferenceModel[] = [];
  let images: readonly TorchImage[] = [];
  let results: readonly TorchResult[] = [];

  // One process for all: importing torch takes seconds.
  beforeAll(async () => {
    images = IMAGES.map((image, i) => {
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
      subjects.push(await subjectOf(testCase, i));
      models.push(await packageSubject(subjects[i]!, model));
      jobs.push({ model, resaved: join(folder, `${i}-resaved.pt`), images });
    }
    results = runTorch(jobs);
  }, 300_000);

  it.each(BACKBONE_CASES.map((c, i) => [c.case, i] as const))(
    '%s computes what our inference does',
    async (_, i) => {
      const result = results[i]!;
      expect(result.damaged).toBeNull();
      expect(result.same).toBe(true);
      const names = [...statePaths(models[i]!.graph).values()].map((path) => path.join('.'));
      expect(Object.keys(result.state).toSorted()).toEqual(names.toSorted());
      for (const [k, image] of images.entries()) {
        expect(result.dtypes[k]).toBe('torch.float32');
        expect(result.shapes[k]).toEqual([image.shape[0], EMBEDDING]);
        const expected = await embedSubject(subjects[i]!, image);
        expectClose(`${image.dtype} [${image.shape}]`, result.outputs[k]!, expected, 1e-4);
      }
    },
  );
});
