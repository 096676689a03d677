import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSafetensors, parseHeader, readTensor, writeSafetensors } from './safetensors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-safetensors-'));
});
afterEach(() => rm(folder, { recursive: true }));

const raw = (header: object, dataBytes: number) => {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
};
const opened = async (bytes: Uint8Array) => {
  const path = join(folder, 'x.safetensors');
  await writeFile(path, bytes);
  return openSafetensors(path);
};

describe('writeSafetensors', () => {
  it('is read back in every type, with metadata, scalars and empty tensors', async () => {
    const path = join(folder, 'a.safetensors');
    const values = Float32Array.of(1, -2.5, 0.125, 3, 4, 65504);
    await writeSafetensors(
      path,
      [
        ['half', { dtype: 'F16', shape: [2, 3], data: values }],
        ['bytes', { shape: [3], data: Uint8Array.of(1, 2, 255) }],
        ['brain', { dtype: 'BF16', shape: [1], data: Float32Array.of(-1.5) }],
        ['plain', { shape: [6], data: () => values }],
        ['labels', { shape: [2], data: BigInt64Array.of(5n, -6n) }],
        ['scalar', { shape: [], data: Int32Array.of(7) }],
        ['empty', { shape: [0, 4], data: new Float32Array(0) }],
      ],
      { step: '3' },
    );
    const file = await openSafetensors(path);
    expect(file.metadata).toEqual({ step: '3' });
    expect(file.tensors.get('half')).toMatchObject({ dtype: 'F16', shape: [2, 3], length: 12 });
    expect([...(await readTensor(file, 'half'))]).toEqual([...values]);
    expect([...(await readTensor(file, 'plain'))]).toEqual([...values]);
    expect([...(await readTensor(file, 'bytes'))]).toEqual([1, 2, 255]);
    expect([...(await readTensor(file, 'brain'))]).toEqual([-1.5]);
    expect([...(await readTensor(file, 'labels'))]).toEqual([5, -6]);
    expect([...(await readTensor(file, 'scalar'))]).toEqual([7]);
    expect([...(await readTensor(file, 'empty'))]).toEqual([]);
    const first = Math.min(...[...file.tensors.values()].map((t) => t.offset));
    expect(first % 64).toBe(0);
  });

  it('leaves nothing behind when a tensor cannot be made', async () => {
    const fail = () => {
      throw new Error('no numbers');
    };
    await expect(
      writeSafetensors(join(folder, 'b.safetensors'), [['x', { shape: [1], data: fail }]]),
    ).rejects.toThrow('no numbers');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('openSafetensors', () => {
  const one = (begin: number, end: number, shape = [2], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['an empty file', new Uint8Array(0), /too short/],
    ['a header beyond the end', raw({ a: one(0, 8) }, 8).subarray(0, 20), /cut off inside its header/],
    ['cut-off data', raw({ a: one(0, 8) }, 5), /cut off\n {2}expected: \d+ bytes/],
    ['trailing bytes', raw({ a: one(0, 8) }, 9), /after the last tensor/],
    ['overlapping tensors', raw({ a: one(0, 8), b: one(4, 12) }, 12), /tensor b overlaps tensor a/],
    ['a gap', raw({ a: one(0, 8), b: one(12, 20) }, 20), /4 bytes before tensor b/],
    ['a wrong size', raw({ a: one(0, 12) }, 12), /wrong size\n {2}expected: 8 bytes for F32 \[2\]/],
    ['an unknown type', raw({ a: one(0, 8, [8], 'F8_E4M3') }, 8), /number type/],
    ['a negative shape', raw({ a: one(0, 8, [-2]) }, 8), /impossible shape/],
    ['reversed offsets', raw({ a: one(8, 0) }, 8), /impossible data_offsets/],
    ['metadata that is not text', raw({ __metadata__: { a: 1 } }, 0), /__metadata__/],
    ['a list', raw([], 0), /not a JSON object/],
  ];
  it.each(cases)('refuses %s', async (_, bytes, message) => {
    await expect(opened(bytes)).rejects.toThrow(message);
  });

  it('refuses a header that is not JSON', () => {
    expect(() => parseHeader('f', '{', { dataStart: 9, fileSize: 9 })).toThrow(/not JSON/);
  });

  it('tells a PyTorch file apart', async () => {
    const path = join(import.meta.dirname, '../../test/fixtures/torch/state-dict.bin');
    await expect(openSafetensors(path)).rejects.toThrow(/a PyTorch file[\s\S]*safetensors\.torch\.save_file/);
  });

  it('says when there is no such file', async () => {
    await expect(openSafetensors(join(folder, 'none.safetensors'))).rejects.toThrow(/no such file/);
  });

  it('joins the shards of an index and refuses one outside its folder', async () => {
    await writeSafetensors(join(folder, '1.safetensors'), [['a', { shape: [1], data: Float32Array.of(1) }]]);
    await writeSafetensors(join(folder, '2.safetensors'), [['b', { shape: [1], data: Float32Array.of(2) }]]);
    const index = join(folder, 'm.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { a: '1.safetensors', b: '2.safetensors' } }));
    const file = await openSafetensors(index);
    expect([...(await readTensor(file, 'b'))]).toEqual([2]);
    await writeFile(index, JSON.stringify({ weight_map: { a: '../1.safetensors' } }));
    await expect(openSafetensors(index)).rejects.toThrow(/outside/);
    await writeFile(index, JSON.stringify({ weight_map: { c: '1.safetensors' } }));
    await expect(openSafetensors(index)).rejects.toThrow(/does not hold it/);
    for (const [text, words] of [
      ['{', /not JSON/],
      ['[]', /no weight_map/],
      ['{"weight_map": null}', /no weight_map/],
      ['{"weight_map": {"a": 1}}', /places tensor a in no file/],
    ] as const) {
      await writeFile(index, text);
      await expect(openSafetensors(index)).rejects.toThrow(words);
    }
    await expect(openSafetensors(folder)).rejects.toThrow(/a folder, not a file/);
    await expect(openSafetensors(`${index}.index.json`)).rejects.toThrow(/no such file/);
  });

  it('reads what another program wrote', async () => {
    const path = join(import.meta.dirname, '../../test/golden/posembed/posembed.safetensors');
    const file = await openSafetensors(path);
    expect((await readTensor(file, 'rel0.in')).length).toBe(13 * 8);
    expect((await readFile(path)).length).toBeGreaterThan(0);
  });
});
