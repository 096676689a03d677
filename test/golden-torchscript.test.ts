import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statePaths } from '../src/package/inference-graph.ts';
import type { InferenceModel } from '../src/package/model-file.ts';
import { BACKBONE_CASES } from './backbone-cases.ts';
import { expectClose } from './golden-tensors.ts';
import {
  EMBEDDING,
  embedSubject,
  goldenSubject,
  noise,
  packageSubject,
  type Subject,
} from './torch/package-for-test.ts';
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

describe.skipIf(!PYTHON)(`TorchScript${PYTHON ? '' : ` (${NO_TORCH})`}`, () => {
  const subjects: Subject[] = [];
  const models: InferenceModel[] = [];
  let images: readonly TorchImage[] = [];
  let results: readonly TorchResult[] = [];

  // One process for all: importing torch takes seconds.
  beforeAll(async () => {
    images = IMAGES.map((image, i) => {
      const file = join(folder, `${i}.raw`);
      writeFileSync(file, noise(image.shape, i));
      return { ...image, file };
    });
    const jobs = [];
    for (const i of BACKBONE_CASES.keys()) {
      const model = join(folder, `${i}.pt`);
      subjects.push(await goldenSubject(i));
      models.push(await packageSubject(subjects[i]!, model));
      jobs.push({ model, resaved: join(folder, `${i}-resaved.pt`), images });
    }
    results = runTorch(jobs);
  });

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
