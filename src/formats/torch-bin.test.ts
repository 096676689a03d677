import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSafetensors, readTensor } from './safetensors.ts';
import { convertTorchFile, openTorchFile } from './torch-bin.ts';
import { writeZip } from './zip.ts';

const fixture = (name: string) => join(import.meta.dirname, '../../test/fixtures/torch', name);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-torch-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function expectSame(path: string, names: (name: string) => boolean): Promise<void> {
  const expected = await openSafetensors(fixture('expected.safetensors'));
  const got = await openSafetensors(path);
  const wanted = [...expected.tensors.keys()].filter(names).sort();
  expect([...got.tensors.keys()].sort()).toEqual(wanted);
  for (const name of wanted) {
    const { dtype, shape } = expected.tensors.get(name)!;
    expect(got.tensors.get(name), name).toMatchObject({ dtype, shape });
    expect(await readTensor(got, name), name).toEqual(await readTensor(expected, name));
  }
}

describe('convertTorchFile', () => {
  it('copies every type and stride that torch saved', async () => {
    const target = join(folder, 'x.safetensors');
    const progress: number[] = [];
    await convertTorchFile(fixture('state-dict.bin'), target, { onProgress: (p) => progress.push(p) });
    await expectSame(target, () => true);
    expect(progress.at(-1)).toBe(1);
  });

  it('finds wrapped weights, drops the parallel prefix and keeps only the tensors asked for', async () => {
    const target = join(folder, 'x.safetensors');
    await convertTorchFile(fixture('wrapped.pt'), target, { prefix: 'visual.' });
    await expectSame(target, (name) => name.startsWith('visual.'));
    await convertTorchFile(fixture('wrapped.pt'), target, { prefix: 'none.' });
    await expectSame(target, () => true);
  });

  it('stops when asked and leaves nothing behind', async () => {
    const target = join(folder, 'x.safetensors');
    const signal = AbortSignal.abort();
    await expect(convertTorchFile(fixture('state-dict.bin'), target, { signal })).rejects.toThrow(/abort/i);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('openTorchFile', () => {
  it.each([
    ['the old format', 'legacy.bin', /before version 1\.6[\s\S]*weights_only=True/],
    ['a TorchScript program', 'torchscript.pt', /TorchScript program, not a checkpoint/],
    ['training arguments', 'with-args.pt', /argparse\.Namespace/],
    ['a file without weights', 'no-weights.pt', /no named tensors[\s\S]*a dictionary with epoch/],
    ['something else', 'expected.safetensors', /not a zip archive/],
    ['a missing file', 'none.bin', /no such file/],
  ])('refuses %s', async (_, name, message) => {
    await expect(openTorchFile(fixture(name))).rejects.toThrow(message);
  });

  it('refuses another kind of zip and a big-endian file', async () => {
    const path = join(folder, 'x.zip');
    await writeZip(path, [{ name: 'a.txt', size: 0, data: new Uint8Array(0) }]);
    await expect(openTorchFile(path)).rejects.toThrow(/not a PyTorch checkpoint/);
    await writeZip(path, [
      { name: 'm/data.pkl', size: 1, data: Uint8Array.of(0x2e) },
      { name: 'm/byteorder', size: 3, data: new TextEncoder().encode('big') },
    ]);
    await expect(openTorchFile(path)).rejects.toThrow(/big-endian/);
  });

  it.each([
    ['larger than its storage', [4], [1], 0, /larger than its storage/],
    ['beyond its storage', [2], [1], 1, /larger than its storage/],
    ['blown up by a zero stride', [1_000_000_000], [0], 0, /larger than its storage/],
    ['of a negative size', [-1], [1], 0, /shape that is not whole numbers/],
    ['with a shape and stride that differ', [1, 1], [1], 0, /do not fit/],
  ])('refuses a tensor %s', async (_, shape, stride, offset, message) => {
    const path = join(folder, 'x.bin');
    await writeTensor(path, shape, stride, offset, 8);
    await expect(openTorchFile(path)).rejects.toThrow(message);
  });

  it('refuses a storage that is shorter than declared', async () => {
    const path = join(folder, 'x.bin');
    await writeTensor(path, [2], [1], 0, 7);
    const file = await openTorchFile(path);
    await expect(file.tensors.get('w')!.read()).rejects.toThrow(/wrong size\n {2}expected: 8 bytes/);
    await file.close();
  });

  it('refuses a cut-off file', async () => {
    const path = join(folder, 'x.bin');
    await writeFile(path, (await readFile(fixture('state-dict.bin'))).subarray(0, 3000));
    await expect(openTorchFile(path)).rejects.toThrow(/not a zip archive, or its end is missing/);
  });
});

/** A checkpoint {'w': tensor over a float32 storage of two elements}, with `bytes` bytes of data. */
async function writeTensor(path: string, shape: number[], stride: number[], offset: number, bytes: number) {
  const line = (s: string) => Buffer.from(s, 'latin1');
  const int = (n: number) => {
    const b = Buffer.alloc(5, 'J');
    b.writeInt32LE(n, 1);
    return b;
  };
  const text = (s: string) => Buffer.concat([Buffer.from([0x8c, s.length]), line(s)]);
  const tuple = (parts: Buffer[]) => Buffer.concat([line('('), ...parts, line('t')]);
  const storage = tuple([text('storage'), line('ctorch\nFloatStorage\n'), text('0'), text('cpu'), int(2)]);
  const args = tuple([
    Buffer.concat([storage, line('Q')]),
    int(offset),
    tuple(shape.map(int)),
    tuple(stride.map(int)),
    Buffer.from([0x89]),
    line('N'),
  ]);
  const pickle = Buffer.concat([
    Buffer.from([0x80, 2]),
    line('}'),
    text('w'),
    line('ctorch._utils\n_rebuild_tensor_v2\n'),
    args,
    line('Rs.'),
  ]);
  await writeZip(path, [
    { name: 'm/data.pkl', size: pickle.length, data: pickle },
    { name: 'm/data/0', size: bytes, data: new Uint8Array(bytes) },
  ]);
}
