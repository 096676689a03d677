import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runImageModel } from '../src/package/check-onnx.ts';
import { BACKBONE_CASES } from './backbone-cases.ts';
import { expectClose } from './golden-tensors.ts';
import { EMBEDDING, embedSubject, goldenSubject, noise, packageSubject } from './torch/package-for-test.ts';

/** Smaller and larger than every model's square, wide and tall, more than one image. */
const SHAPES = [
  [1, 3, 20, 25],
  [3, 3, 96, 61],
  [2, 3, 70, 130],
  [1, 3, 300, 300],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'mdfe-image-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('ONNX models of raw images', () => {
  it.each(BACKBONE_CASES.map((c, i) => [c.case, i] as const))(
    '%s computes what our inference does',
    async (_, i) => {
      const subject = await goldenSubject(i);
      const path = join(folder, `${i}.onnx`);
      await packageSubject(subject, path);
      for (const [k, shape] of SHAPES.entries()) {
        const pixels = noise(shape, k);
        const file = join(folder, 'image.raw');
        writeFileSync(file, pixels);
        const got = await runImageModel(path, pixels, shape);
        expect(got.length).toBe(shape[0] * EMBEDDING);
        expectClose(`[${shape}]`, got, await embedSubject(subject, { file, shape, dtype: 'uint8' }), 1e-4);
      }
    },
  );
});
