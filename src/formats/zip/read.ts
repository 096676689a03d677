import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { internalError, isSystemError, MdfeError } from '../../common/errors.ts';
import { readExactly as fill } from '../read-exactly.ts';
import {
  brokenZip,
  parseDirectory,
  parseEnd,
  parseZip64End,
  TAIL_BYTES,
  type ZipEntry,
} from './directory.ts';
import { SIGNATURE, SIZE } from './records.ts';

export type { ZipEntry } from './directory.ts';

const inflate = promisify(inflateRaw);

/** Largest central directory that is read into memory, bytes: room for a million entries. */
const DIRECTORY_LIMIT = 256 << 20;

/** Opens an archive and reads its directory, not its contents. Close it after use. */
export async function openZip(path: string): Promise<ZipReader> {
  const file = await openForReading(path);
  try {
    return new ZipReader(path, file, await readDirectory(path, file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Random access to the entries of one archive. */
export class ZipReader {
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly file: FileHandle;

  constructor(path: string, file: FileHandle, entries: ReadonlyMap<string, ZipEntry>) {
    this.path = path;
    this.file = file;
    this.entries = entries;
  }

  /** The entry of that name; a missing one is a broken archive. */
  entry(name: string): ZipEntry {
    const entry = this.entries.get(name);
    if (!entry) throw brokenZip(this.path, `it holds no ${name}`);
    return entry;
  }

  /**
   * Whole entry, unpacked.
   * @param limit bytes; a larger entry is refused before anything is unpacked
   * @param checkCrc compare with the stored checksum (on by default)
   */
  async read(entry: ZipEntry, limit: number, checkCrc = true): Promise<Uint8Array> {
    if (entry.size > limit || entry.compressedSize > limit)
      throw new MdfeError({
        code: 'zip/too-large',
        what: `${entry.name} is too large to be what it should be`,
        where: this.path,
        expected: `at most ${limit} bytes`,
        got: `${Math.max(entry.size, entry.compressedSize)} bytes`,
        todo: 'check where this file comes from',
      });
    const packed = new Uint8Array(entry.compressedSize);
    await readExactly(this.file, this.path, packed, await this.dataOffset(entry));
    const bytes = entry.method === 'stored' ? packed : await this.unpack(entry, packed);
    if (checkCrc && crc32(bytes) !== entry.crc32)
      throw brokenZip(this.path, `the checksum of ${entry.name} is wrong`);
    return bytes;
  }

  /** Fills `target` with a stored entry's bytes from `from` on, without reading the rest. */
  async readRange(entry: ZipEntry, from: number, target: Uint8Array): Promise<void> {
    if (entry.method !== 'stored') throw internalError(`${entry.name} is compressed: it has no ranges`);
    if (from < 0 || from + target.length > entry.size)
      throw internalError(`bytes ${from}..${from + target.length} of ${entry.name} do not exist`);
    await readExactly(this.file, this.path, target, (await this.dataOffset(entry)) + from);
  }

  /** Bytes from the start of the archive to the entry's data: the local header's lengths may differ. */
  async dataOffset(entry: ZipEntry): Promise<number> {
    const header = new Uint8Array(SIZE.localHeader);
    await readExactly(this.file, this.path, header, entry.localHeaderOffset);
    const view = new DataView(header.buffer);
    if (view.getUint32(0, true) !== SIGNATURE.localHeader)
      throw brokenZip(this.path, `the local header of ${entry.name} is damaged`);
    return entry.localHeaderOffset + SIZE.localHeader + view.getUint16(26, true) + view.getUint16(28, true);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async unpack(entry: ZipEntry, packed: Uint8Array): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await inflate(packed, { maxOutputLength: Math.max(1, entry.size) });
    } catch (cause) {
      throw brokenZip(this.path, `${entry.name} cannot be unpacked (${(cause as Error).message})`);
    }
    if (bytes.length !== entry.size)
      throw brokenZip(this.path, `${entry.name} has the wrong size`, `${entry.size}`, `${bytes.length}`);
    return bytes;
  }
}

async function readDirectory(path: string, file: FileHandle): Promise<Map<string, ZipEntry>> {
  const { size } = await file.stat();
  const tailStart = Math.max(0, size - TAIL_BYTES);
  let place = parseEnd(path, await readView(path, file, tailStart, size - tailStart), tailStart);
  if ('zip64End' in place) {
    const { zip64End } = place;
    place = parseZip64End(path, await readView(path, file, zip64End, SIZE.zip64End), zip64End);
  }
  if (place.size > DIRECTORY_LIMIT) throw brokenZip(path, `its directory is ${place.size} bytes long`);
  const directory = new Uint8Array(place.size);
  await readExactly(file, path, directory, place.offset);
  return parseDirectory(path, directory, place);
}

async function readView(path: string, file: FileHandle, offset: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  await readExactly(file, path, bytes, offset);
  return new DataView(bytes.buffer);
}

function readExactly(file: FileHandle, path: string, target: Uint8Array, offset: number): Promise<void> {
  return fill(file, target, offset, (expected, got) =>
    brokenZip(path, 'the file ends early', `${expected} bytes`, `${got}`),
  );
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    throw new MdfeError({
      code: 'zip/not-found',
      what: 'there is no such file',
      where: path,
      todo: 'check the path',
      cause,
    });
  }
}
