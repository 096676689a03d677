import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from '../src/formats/safetensors.ts';
import { randomWeights } from '../src/graph/random-weights.ts';
import { buildBackbone } from '../src/models/build.ts';
import { modelsOfType } from '../src/models/registry.ts';
import { BACKBONE_TYPES } from '../src/models/types.ts';
import { expectClose } from './golden-tensors.ts';
import { embedSubject, noise, packageSubject } from './torch/package-for-test.ts';
import { NO_TORCH, PYTHON, runTorch, type TorchImage } from './torch/python.ts';

// Writes up to 4 GB at a time: .ci/run sets MDFE_FULL_SIZE=1.
const enabled = PYTHON !== undefined && process.env.MDFE_FULL_SIZE === '1';
const reason = PYTHON ? 'skipped: set MDFE_FULL_SIZE=1' : NO_TORCH;

const TIMEOUT = 1_800_000; // ms: a plain BLAS on a busy machine needs minutes for the largest

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mdfe-full-size-'));
});
// After each: the next model finds the same room on the disk.
afterEach(() => rmSync(folder, { recursive: true }));

function image(name: string, dtype: TorchImage['dtype'], shape: TorchImage['shape']): TorchImage {
  const file = join(folder, `${name}.raw`);
  writeFileSync(file, noise(shape, shape[0]));
  return { file, shape, dtype };
}

describe.skipIf(!enabled)(`TorchScript at full size${enabled ? '' : ` (${reason})`}`, () => {
  it.each(BACKBONE_TYPES)(
    'the smallest %s model computes what our inference does, also when PyTorch has saved it again',
    async (type) => {
      const model = modelsOfType(type).toSorted(
        (a, b) => a.params - b.params || a.imageSize - b.imageSize,
      )[0]!;
      const backbone = buildBackbone({ type, modelName: model.name, projLayer: false });
      const weights = join(folder, 'weights.safetensors');
      await writeSafetensors(weights, randomWeights(backbone, 1));
      const file = await openSafetensors(weights);
      const subject = { backbone, file, neck: 'proj_layer', imageSize: model.imageSize } as const;
      const packaged = join(folder, 'model.pt');
      await packageSubject(subject, packaged);
      const images = [image('one', 'uint8', [1, 3, 333, 500]), image('two', 'float32', [2, 3, 300, 200])];
      const [result] = runTorch([{ model: packaged, resaved: join(folder, 'resaved.pt'), images }]);
      expect(result!.damaged).toBeNull();
      expect(result!.same).toBe(true);
      for (const [i, given] of images.entries())
        expectClose(
          `${model.name}, image ${i}`,
          result!.outputs[i]!,
          await embedSubject(subject, given),
          1e-4,
        );
    },
    TIMEOUT,
  );
});
