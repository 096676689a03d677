import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRgb } from '../src/data/image/decode.ts';
import { resizeAndCentreCrop } from '../src/data/image/geometry.ts';
import { resizeForInference, resizeForInferenceUint8 } from '../src/data/image/inference.ts';
import { GOLDEN } from './golden-folder.ts';

const folder = join(GOLDEN, 'resize');
/** Of torch's float32, on the scale 0..255. */
const TOLERANCE = 2e-3;
const cases: { image: string; size: number }[] = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8'));

describe.each(cases)('$image at $size', ({ image, size }) => {
  const expected = readTensors(`${folder}/${image.replace(/\.\w+$/, '')}.safetensors`);

  it('decodes to the same RGB', async () => {
    const { data, width, height } = await decodeRgb(`${folder}/${image}`);
    expect(toPlanes(data, width * height)).toEqual(bytes(expected, 'rgb'));
  });

  it('resizes and crops as Pillow, bit for bit', async () => {
    const pixels = resizeAndCentreCrop(await decodeRgb(`${folder}/${image}`), size);
    expect(toPlanes(pixels, size * size)).toEqual(bytes(expected, 'clip_transform'));
  });

  it('resizes for inference as torch', async () => {
    const decoded = await decodeRgb(`${folder}/${image}`);
    const raw = bytes(expected, 'inference_float');
    const floats = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
    const got = resizeForInference(decoded, size);
    expect(got.length).toBe(floats.length);
    expect(got.reduce((worst, v, i) => Math.max(worst, Math.abs(v - floats[i]!)), 0)).toBeLessThan(TOLERANCE);
    const rounded = bytes(expected, 'inference_uint8');
    resizeForInferenceUint8(decoded, size).forEach((value, i) => {
      // A number as close to a half as float32 can err may be rounded either way.
      const halfway = Math.abs(floats[i]! - Math.floor(floats[i]!) - 0.5) < TOLERANCE;
      expect(Math.abs(value - rounded[i]!), `number ${i}`).toBeLessThanOrEqual(halfway ? 1 : 0);
    });
  });
});

/** [n, 3] -> [3, n] */
function toPlanes(interleaved: Uint8Array, n: number): Uint8Array {
  return Uint8Array.from({ length: 3 * n }, (_, i) => interleaved[(i % n) * 3 + Math.floor(i / n)]!);
}

function bytes(tensors: Map<string, Uint8Array>, name: string): Uint8Array {
  return Uint8Array.from(tensors.get(name)!);
}

/** Name -> raw little-endian bytes; written here so that the test does not lean on the code under test. */
function readTensors(file: string): Map<string, Uint8Array> {
  const raw = readFileSync(file);
  const headerLength = Number(raw.readBigUInt64LE(0));
  const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(
    raw.subarray(8, 8 + headerLength).toString('utf8'),
  );
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            data_offsets: [from, to],
          },
        ]) => [name, raw.subarray(8 + headerLength + from, 8 + headerLength + to)],
      ),
  );
}
