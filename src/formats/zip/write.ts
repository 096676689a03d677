import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../../common/atomic-file.ts';
import { internalError } from '../../common/errors.ts';
import { checkEntryName } from './names.ts';
import { EXTRA, FLAG, MAX_16, MAX_32, METHOD, SIGNATURE, SIZE } from './records.ts';
import { WriteBehind } from './write-behind.ts';

export type ZipBytes = Uint8Array | (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>);

export interface ZipInput {
  readonly name: string;
  /** Bytes; what `data` yields must add up to it. */
  readonly size: number;
  /**
   * All bytes, or a function that yields them piece by piece when their turn comes. A piece is written while the next
   * is made: it must stay as it is until the next but one is asked for.
   */
  readonly data: ZipBytes;
}

interface Written {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc32: number;
  readonly offset: number;
}

/** 1 January 1980, so that the same contents always give the same bytes. */
const DOS_DATE = (1 << 5) | 1;

/** Writes an archive of stored entries beside `path` and renames it. */
export async function writeZip(
  path: string,
  inputs: Iterable<ZipInput> | AsyncIterable<ZipInput>,
  alignment = 64,
): Promise<void> {
  await writeAtomically(path, async (file) => {
    const zip = new ZipWriter(file, alignment);
    for await (const { name, size, data } of inputs) await zip.add(name, size, data);
    await zip.finish();
  });
}

/**
 * Streams stored entries into an empty file: memory use does not depend on their size. Every entry's data starts at
 * a multiple of `alignment` bytes (torch's `FB` padding field), so that a reader can map the file. Entries and
 * archives beyond 4 GiB get zip64 records.
 */
export class ZipWriter {
  private readonly file: WriteBehind;
  private readonly alignment: number;
  private readonly written = new Map<string, Written>();
  private position = 0;

  constructor(file: FileHandle, alignment = 64) {
    this.file = new WriteBehind(file);
    this.alignment = alignment;
  }

  async add(name: string, size: number, data: ZipBytes): Promise<void> {
    const problem = checkEntryName(name);
    if (problem) throw internalError(`the zip entry ${JSON.stringify(name)} ${problem}`);
    if (this.written.has(name)) throw internalError(`the zip entry ${name} is written twice`);
    const encoded = new TextEncoder().encode(name);
    const offset = this.position;
    await this.append(localHeader(encoded, size, offset, this.alignment));
    let checksum = 0;
    let done = 0;
    for await (const piece of data instanceof Uint8Array ? [data] : data()) {
      checksum = crc32(piece, checksum);
      done += piece.length;
      await this.append(piece);
    }
    if (done !== size) throw internalError(`the zip entry ${name} has ${done} bytes, not ${size}`);
    const patch = new Uint8Array(4);
    new DataView(patch.buffer).setUint32(0, checksum, true);
    await this.file.write(patch, offset + 14);
    this.written.set(name, { name: encoded, size, crc32: checksum, offset });
  }

  /** Writes the directory; the file handle stays the caller's. */
  async finish(): Promise<void> {
    const offset = this.position;
    for (const entry of this.written.values()) await this.append(centralHeader(entry));
    await this.append(endRecords(this.written.size, offset, this.position - offset));
    await this.file.end();
  }

  private async append(bytes: Uint8Array): Promise<void> {
    await this.file.write(bytes, this.position);
    this.position += bytes.length;
  }
}

/** The checksum is filled in after the data; the extra fields are 64-bit sizes where needed, then padding. */
function localHeader(name: Uint8Array, size: number, offset: number, alignment: number): Uint8Array {
  const wide = size >= MAX_32;
  const zip64Length = wide ? 20 : 0;
  const unpadded = offset + SIZE.localHeader + name.length + zip64Length + 4;
  const padding = (alignment - (unpadded % alignment)) % alignment;
  const bytes = new Uint8Array(SIZE.localHeader + name.length + zip64Length + 4 + padding);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SIGNATURE.localHeader, true);
  setCommon(view, 4, wide, 0, size);
  view.setUint16(26, name.length, true);
  view.setUint16(28, zip64Length + 4 + padding, true);
  bytes.set(name, SIZE.localHeader);
  let at = SIZE.localHeader + name.length;
  if (wide) at = setZip64(view, at, [size, size]);
  view.setUint16(at, EXTRA.padding, true);
  view.setUint16(at + 2, padding, true);
  bytes.fill(0x5a, at + 4); // 'Z', as torch does
  return bytes;
}

function centralHeader({ name, size, crc32, offset }: Written): Uint8Array {
  const wide = [...(size >= MAX_32 ? [size, size] : []), ...(offset >= MAX_32 ? [offset] : [])];
  const extraLength = wide.length > 0 ? 4 + 8 * wide.length : 0;
  const bytes = new Uint8Array(SIZE.centralHeader + name.length + extraLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SIGNATURE.centralHeader, true);
  view.setUint16(4, wide.length > 0 ? 45 : 20, true);
  setCommon(view, 6, wide.length > 0, crc32, size);
  view.setUint16(28, name.length, true);
  view.setUint16(30, extraLength, true);
  view.setUint32(42, Math.min(offset, MAX_32), true);
  bytes.set(name, SIZE.centralHeader);
  if (wide.length > 0) setZip64(view, SIZE.centralHeader + name.length, wide);
  return bytes;
}

/** The fields that the local and the central header share, from "version needed" to the two sizes. */
function setCommon(view: DataView, at: number, wide: boolean, checksum: number, size: number): void {
  view.setUint16(at, wide ? 45 : 20, true);
  view.setUint16(at + 2, FLAG.utf8, true);
  view.setUint16(at + 4, METHOD.stored, true);
  view.setUint16(at + 8, DOS_DATE, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, Math.min(size, MAX_32), true);
  view.setUint32(at + 18, Math.min(size, MAX_32), true);
}

function setZip64(view: DataView, at: number, values: readonly number[]): number {
  view.setUint16(at, EXTRA.zip64, true);
  view.setUint16(at + 2, 8 * values.length, true);
  for (const [i, value] of values.entries()) view.setBigUint64(at + 4 + 8 * i, BigInt(value), true);
  return at + 4 + 8 * values.length;
}

function endRecords(entries: number, offset: number, size: number): Uint8Array {
  const wide = entries >= MAX_16 || offset >= MAX_32 || size >= MAX_32;
  const at = wide ? SIZE.zip64End + SIZE.zip64Locator : 0;
  const view = new DataView(new ArrayBuffer(at + SIZE.end));
  if (wide) {
    view.setUint32(0, SIGNATURE.zip64End, true);
    view.setBigUint64(4, BigInt(SIZE.zip64End - 12), true);
    view.setUint16(12, 45, true);
    view.setUint16(14, 45, true);
    view.setBigUint64(24, BigInt(entries), true);
    view.setBigUint64(32, BigInt(entries), true);
    view.setBigUint64(40, BigInt(size), true);
    view.setBigUint64(48, BigInt(offset), true);
    view.setUint32(SIZE.zip64End, SIGNATURE.zip64Locator, true);
    view.setBigUint64(SIZE.zip64End + 8, BigInt(offset + size), true);
    view.setUint32(SIZE.zip64End + 16, 1, true);
  }
  view.setUint32(at, SIGNATURE.end, true);
  view.setUint16(at + 8, Math.min(entries, MAX_16), true);
  view.setUint16(at + 10, Math.min(entries, MAX_16), true);
  view.setUint32(at + 12, Math.min(size, MAX_32), true);
  view.setUint32(at + 16, Math.min(offset, MAX_32), true);
  return new Uint8Array(view.buffer);
}
