import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from '../src/formats/safetensors.ts';
import { randomWeights } from '../src/graph/random-weights.ts';
import { buildBackbone } from '../src/models/build.ts';
import { modelsOfType } from '../src/models/registry.ts';
import { BACKBONE_TYPES } from '../src/models/types.ts';
import { expectClose } from './golden-tensors.ts';
import { embedSubject, noise, packageSubject } from './torch/package-for-test.ts';
import { NO_TORCH, PYTHON, runTorch, type TorchImage } from './torch/python.ts';

// Writes some gigabytes and takes minutes: set MDFE_FULL_SIZE=1 to run it.
const enabled = PYTHON !== undefined && process.env.MDFE_FULL_SIZE === '1';
const reason = PYTHON ? 'skipped: set MDFE_FULL_SIZE=1' : NO_TORCH;

const folder = mkdtempSync(join(tmpdir(), 'mdfe-full-size-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!enabled)(`TorchScript at full size${enabled ? '' : ` (${reason})`}`, () => {
  it.each(BACKBONE_TYPES)(
    'the smallest %s model computes what our inference does',
    async (type) => {
      const model = modelsOfType(type).toSorted(
        (a, b) => a.params - b.params || a.imageSize - b.imageSize,
      )[0]!;
      const options = { type, modelName: model.name, projLayer: false };
      const path = join(folder, 'weights.safetensors');
      await writeSafetensors(path, randomWeights(buildBackbone(options), 1));
      const subject = {
        backbone: buildBackbone(options),
        file: await openSafetensors(path),
        neck: 'proj_layer',
        imageSize: model.imageSize,
      } as const;
      const packaged = join(folder, 'model.pt');
      await packageSubject(subject, packaged);
      const file = join(folder, 'image.raw');
      writeFileSync(file, noise([1, 3, 333, 500], 1));
      const image: TorchImage = { file, shape: [1, 3, 333, 500], dtype: 'uint8' };
      const [result] = runTorch([{ model: packaged, resaved: null, images: [image] }]);
      expect(result!.damaged).toBeNull();
      expectClose(model.name, result!.outputs[0]!, await embedSubject(subject, image), 1e-4);
    },
    300_000,
  );
});
