import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../common/rng.ts';
import { narrowToFloat16 } from '../formats/float16.ts';
import { openSafetensors, type TensorFile, writeSafetensors } from '../formats/safetensors.ts';
import { openZip, writeZip, type ZipInput } from '../formats/zip.ts';
import { NECK_WEIGHT } from '../train/probe/initial.ts';
import { PackedWeights, type StoredType } from './weights.ts';

// Shorter than a piece, several pieces, and none whole at the end.
const COUNTS = { small: 3, large: 3_600_001, next: 1_048_576, last: 2_000_003 };
const BYTES = { F32: 4, F16: 2 } as const;

let dir: string;
let backbone: TensorFile;
const values = new Map<string, Float32Array>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mdfe-weights-'));
  for (const [name, count] of Object.entries(COUNTS)) {
    const rng = new Rng(1, name);
    values.set(
      name,
      Float32Array.from({ length: count }, () => rng.uint32() / 2 ** 32 - 0.5),
    );
  }
  const path = join(dir, 'backbone.safetensors');
  await writeSafetensors(
    path,
    [...values].map(([name, data]) => [name, { shape: [data.length], data }]),
  );
  backbone = await openSafetensors(path);
});
afterAll(() => rmSync(dir, { recursive: true }));

const neck = { shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) };
const packed = (dtype: StoredType, signal?: AbortSignal) =>
  new PackedWeights(backbone.tensors, new Map([[NECK_WEIGHT, neck]]), dtype, signal);

describe.each(['F32', 'F16'] as const)('weights stored as %s', (dtype) => {
  it('are those of the file, whatever is read and written at the same time', async () => {
    const weights = packed(dtype);
    const names = [...values.keys(), NECK_WEIGHT];
    const entries = names.map((name): ZipInput => {
      const { shape, data } = weights.get(name);
      return { name, size: shape.reduce((a, b) => a * b, 1) * BYTES[dtype], data };
    });
    const path = join(dir, `${dtype}.zip`);
    await writeZip(path, entries);
    const zip = await openZip(path);
    try {
      for (const name of names) {
        const expected = values.get(name) ?? neck.data;
        const stored = dtype === 'F16' ? narrowToFloat16(expected) : expected;
        const got = Buffer.from(await zip.read(zip.entry(name), 1 << 30)); // its checksum is compared here
        expect(got.equals(Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength))).toBe(true);
      }
    } finally {
      await zip.close();
    }
  });

  it('end when asked to', async () => {
    const stop = new AbortController();
    const { data } = packed(dtype, stop.signal).get('large');
    const reading = async () => {
      if (typeof data !== 'function') throw new Error('not in pieces');
      for await (const _ of data()) stop.abort(new Error('stopped by the user'));
    };
    await expect(reading()).rejects.toThrow('stopped by the user');
  });
});

it('a file that ends early is an error, not a short tensor', async () => {
  const { path: _, ...entry } = backbone.tensors.get('last')!;
  const cut = { ...entry, path: join(dir, 'cut'), offset: 0 };
  writeFileSync(cut.path, new Uint8Array(entry.length - 4));
  const weights = new PackedWeights(new Map([['last', cut]]), new Map(), 'F16');
  const { data } = weights.get('last');
  await expect(
    writeZip(join(dir, 'never.zip'), [{ name: 'a', size: entry.length / 2, data }]),
  ).rejects.toThrow(/ends early/);
});
