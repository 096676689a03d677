import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkEntryName, openZip, writeZip, ZipWriter } from './zip.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-zip-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (s: string) => new TextEncoder().encode(s);
const LIMIT = 1 << 20;

describe('writeZip', () => {
  it('is read back, aligned to 64 bytes, and gives the same bytes every time', async () => {
    const inputs = [
      { name: 'model/data.pkl', size: 5, data: text('hello') },
      { name: 'model/daten/ü.bin', size: 6, data: () => [text('ab'), text('cdef')] },
      { name: 'model/empty', size: 0, data: new Uint8Array(0) },
    ];
    const path = join(folder, 'a.zip');
    await writeZip(path, inputs);
    const zip = await openZip(path);
    for (const entry of zip.entries.values()) expect((await zip.dataOffset(entry)) % 64).toBe(0);
    expect([...zip.entries.keys()]).toEqual(inputs.map((i) => i.name));
    expect(await zip.read(zip.entry('model/data.pkl'), LIMIT)).toEqual(text('hello'));
    expect(await zip.read(zip.entry('model/empty'), LIMIT)).toEqual(new Uint8Array(0));
    const middle = new Uint8Array(3);
    await zip.readRange(zip.entry('model/daten/ü.bin'), 2, middle);
    expect(middle).toEqual(text('cde'));
    await zip.close();
    await writeZip(join(folder, 'b.zip'), inputs);
    expect(await readFile(join(folder, 'b.zip'))).toEqual(await readFile(path));
  });

  it('refuses unsafe and repeated names and wrong sizes, and leaves nothing behind', async () => {
    const path = join(folder, 'a.zip');
    const one = { name: 'a', size: 1, data: text('x') };
    await expect(writeZip(path, [{ ...one, name: '../a' }])).rejects.toThrow(/leaves its folder/);
    await expect(writeZip(path, [one, one])).rejects.toThrow(/twice/);
    await expect(writeZip(path, [{ ...one, size: 2 }])).rejects.toThrow(/has 1 bytes, not 2/);
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  });

  it('writes zip64 records beyond 4 GiB', async () => {
    const path = join(folder, 'large.zip');
    const file = await open(path, 'w+');
    const zip = new ZipWriter(withHoles(file));
    const piece = new Uint8Array(64 << 20);
    const pieces = 65;
    await zip.add('large', pieces * piece.length, function* () {
      for (let i = 0; i < pieces; i++) yield piece;
    });
    await zip.add('after', 3, text('end'));
    await zip.finish();
    await file.close();
    const read = await openZip(path);
    expect(read.entry('large').size).toBe(pieces * piece.length);
    expect(read.entry('after').localHeaderOffset).toBeGreaterThan(2 ** 32);
    expect(await read.read(read.entry('after'), LIMIT)).toEqual(text('end'));
    await expect(read.read(read.entry('large'), LIMIT)).rejects.toThrow(/too large/);
    await read.close();
  });
});

/** Leaves large pieces of zeros out, so that the file system stores a hole. */
function withHoles(file: FileHandle): FileHandle {
  const write = (bytes: Uint8Array, offset: number, length: number, position: number) =>
    length > 1 << 20 ? { bytesWritten: length } : file.write(bytes, offset, length, position);
  return { write, datasync: () => file.datasync() } as unknown as FileHandle;
}

/** A single-entry archive as other programs write it, with any field wrong on purpose. */
function archive(
  change: Partial<{ name: string; method: number; flags: number; crc: number; size: number }> = {},
) {
  const content = text('some text, some text, some text');
  const packed = deflateRawSync(content);
  const c = { name: 'dir/a.txt', method: 8, flags: 0, crc: crc32(content), size: content.length, ...change };
  const name = text(c.name);
  const common = (view: DataView, at: number) => {
    view.setUint16(at, 20, true);
    view.setUint16(at + 2, c.flags, true);
    view.setUint16(at + 4, c.method, true);
    view.setUint32(at + 10, c.crc, true);
    view.setUint32(at + 14, packed.length, true);
    view.setUint32(at + 18, c.size, true);
    view.setUint16(at + 22, name.length, true);
  };
  const local = new DataView(new ArrayBuffer(30));
  local.setUint32(0, 0x04034b50, true);
  common(local, 4);
  const central = new DataView(new ArrayBuffer(46));
  central.setUint32(0, 0x02014b50, true);
  common(central, 6);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, 1, true);
  end.setUint32(12, 46 + name.length, true);
  end.setUint32(16, 30 + name.length + packed.length, true);
  const parts = [local, name, packed, central, name, end];
  return Buffer.concat(parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength)));
}

const opened = async (bytes: Uint8Array) => {
  const path = join(folder, 'x.zip');
  await writeFile(path, bytes);
  return openZip(path);
};
const readFirst = async (bytes: Uint8Array) => {
  const zip = await opened(bytes);
  try {
    return await zip.read([...zip.entries.values()][0]!, LIMIT);
  } finally {
    await zip.close();
  }
};

describe('openZip', () => {
  it('unpacks deflated entries', async () => {
    expect(new TextDecoder().decode(await readFirst(archive()))).toBe('some text, some text, some text');
  });

  it.each([
    ['text', text('no zip at all'), /not a zip archive/],
    ['a cut-off file', archive().subarray(0, 100), /its end is missing/],
    ['a missing front', archive().subarray(20), /outside the file|damaged/],
    ['a wrong checksum', archive({ crc: 7 }), /checksum of dir\/a.txt is wrong/],
    ['more data than declared', archive({ size: 3 }), /cannot be unpacked/],
    ['less data than declared', archive({ size: 99 }), /wrong size/],
    ['another compression', archive({ method: 93 }), /method 93/],
    ['encryption', archive({ flags: 1 }), /encrypted/],
    ['a name that leaves the folder', archive({ name: '../../x' }), /leaves its folder/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(readFirst(bytes)).rejects.toThrow(message);
  });

  it('says when there is no such file or entry', async () => {
    await expect(openZip(join(folder, 'none.zip'))).rejects.toThrow(/no such file/);
    const zip = await opened(archive());
    expect(() => zip.entry('b')).toThrow(/holds no b/);
    await zip.close();
  });
});

describe('checkEntryName', () => {
  it.each(['a', 'a/b.txt', 'a/', 'a..b/c'])('accepts %s', (name) => {
    expect(checkEntryName(name)).toBeUndefined();
  });
  it.each(['', '/a', 'C:/a', 'c:a', '..', 'a/../b', 'a\\b', 'a\0', 'a//b', './a'])('refuses %j', (name) => {
    expect(checkEntryName(name)).toBeDefined();
  });
});
