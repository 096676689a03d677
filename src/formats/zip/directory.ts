import { MdfeError } from '../../common/errors.ts';
import { checkEntryName } from './names.ts';
import { EXTRA, FLAG, MAX_16, MAX_32, METHOD, SIGNATURE, SIZE } from './records.ts';

/** One file of an archive, as the central directory describes it. */
export interface ZipEntry {
  /** Checked: relative, forward slashes, no `..`. Folders end in `/`. */
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes when unpacked. */
  readonly size: number;
  readonly crc32: number;
  /** Bytes from the start of the archive. */
  readonly localHeaderOffset: number;
}

/** Where the central directory lies; bytes. */
export interface DirectoryPlace {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

/** Longest tail that can hold the end record: its fixed part, a comment and the zip64 locator before it. */
export const TAIL_BYTES = SIZE.end + MAX_16 + SIZE.zip64Locator;

export function brokenZip(path: string, what: string, expected?: string, got?: string): MdfeError {
  return new MdfeError({
    code: 'zip/broken',
    what,
    where: path,
    expected,
    got,
    todo: 'the file is damaged or incomplete: download or copy it again',
  });
}

/**
 * Finds the end record in the last bytes of an archive.
 * @param tailStart bytes from the start of the archive to `tail`
 * @returns the place of the directory, or the offset of the zip64 end record that holds it
 */
export function parseEnd(
  path: string,
  tail: DataView,
  tailStart: number,
): DirectoryPlace | { readonly zip64End: number } {
  const at = findEnd(tail);
  if (at === undefined) throw brokenZip(path, 'not a zip archive, or its end is missing');
  const disks = tail.getUint16(at + 4, true) | tail.getUint16(at + 6, true);
  const entries = tail.getUint16(at + 10, true);
  const size = tail.getUint32(at + 12, true);
  const offset = tail.getUint32(at + 16, true);
  const locator = at - SIZE.zip64Locator;
  if (locator >= 0 && tail.getUint32(locator, true) === SIGNATURE.zip64Locator)
    return { zip64End: toNumber(path, tail.getBigUint64(locator + 8, true)) };
  if (disks !== 0 && disks !== MAX_16) throw brokenZip(path, 'archives in several parts cannot be read');
  return checkPlace(path, { entries, offset, size }, tailStart + at);
}

/** The last end record whose comment reaches exactly the end of the file. */
function findEnd(tail: DataView): number | undefined {
  for (let at = tail.byteLength - SIZE.end; at >= 0; at--) {
    if (tail.getUint32(at, true) !== SIGNATURE.end) continue;
    if (at + SIZE.end + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return undefined;
}

/** @param end offset of the record itself: the directory must lie before it */
export function parseZip64End(path: string, record: DataView, end: number): DirectoryPlace {
  if (record.getUint32(0, true) !== SIGNATURE.zip64End) throw brokenZip(path, 'its zip64 end is missing');
  const place = {
    entries: toNumber(path, record.getBigUint64(32, true)),
    size: toNumber(path, record.getBigUint64(40, true)),
    offset: toNumber(path, record.getBigUint64(48, true)),
  };
  return checkPlace(path, place, end);
}

function checkPlace(path: string, place: DirectoryPlace, end: number): DirectoryPlace {
  if (place.offset + place.size > end) throw brokenZip(path, 'its directory lies outside the file');
  if (place.entries * SIZE.centralHeader > place.size)
    throw brokenZip(path, `its directory is too short for ${place.entries} entries`);
  return place;
}

/** Reads and checks all entries: known methods, safe and unique names, data that lies before the directory. */
export function parseDirectory(
  path: string,
  bytes: Uint8Array,
  place: DirectoryPlace,
): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < place.entries; i++) {
    if (at + SIZE.centralHeader > bytes.length || view.getUint32(at, true) !== SIGNATURE.centralHeader)
      throw brokenZip(path, `entry ${i} of its directory is damaged`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const next = at + SIZE.centralHeader + nameLength! + extraLength! + commentLength!;
    if (next > bytes.length) throw brokenZip(path, `entry ${i} of its directory is cut off`);
    const nameStart = at + SIZE.centralHeader;
    const name = new TextDecoder().decode(bytes.subarray(nameStart, nameStart + nameLength!));
    const extra = new DataView(bytes.buffer, bytes.byteOffset + nameStart + nameLength!, extraLength!);
    const entry = parseEntry(path, name, new DataView(bytes.buffer, bytes.byteOffset + at), extra);
    if (entries.has(name)) throw brokenZip(path, `it holds ${name} twice`);
    if (entry.localHeaderOffset + SIZE.localHeader + entry.compressedSize > place.offset)
      throw brokenZip(path, `the data of ${name} lie outside the file`);
    entries.set(name, entry);
    at = next;
  }
  return entries;
}

function parseEntry(path: string, name: string, header: DataView, extra: DataView): ZipEntry {
  const problem = checkEntryName(name);
  if (problem)
    throw new MdfeError({
      code: 'zip/unsafe-name',
      what: `the archive's entry ${JSON.stringify(name)} ${problem}`,
      where: path,
      todo: 'do not use this file: programs that only pack files do not write such names',
    });
  if (header.getUint16(8, true) & FLAG.encrypted)
    throw new MdfeError({
      code: 'zip/encrypted',
      what: `the archive's entry ${name} is encrypted`,
      where: path,
      todo: 'unpack it with its password and pack it again without one',
    });
  const method = header.getUint16(10, true);
  if (method !== METHOD.stored && method !== METHOD.deflated)
    throw new MdfeError({
      code: 'zip/method',
      what: `the archive's entry ${name} is compressed in a way that cannot be read`,
      where: path,
      expected: 'stored (0) or deflate (8)',
      got: `method ${method}`,
      todo: 'pack it again with deflate',
    });
  const [size, compressedSize, localHeaderOffset] = widen(path, name, extra, [
    header.getUint32(24, true),
    header.getUint32(20, true),
    header.getUint32(42, true),
  ]);
  if (method === METHOD.stored && size !== compressedSize)
    throw brokenZip(path, `${name} is stored, but its two sizes differ`, `${compressedSize}`, `${size}`);
  return {
    name,
    method: method === METHOD.stored ? 'stored' : 'deflated',
    size: size!,
    compressedSize: compressedSize!,
    crc32: header.getUint32(16, true),
    localHeaderOffset: localHeaderOffset!,
  };
}

/** Replaces the fields that are all ones by those of the zip64 extra field, which holds them in this order. */
function widen(path: string, name: string, extra: DataView, fields: readonly number[]): number[] {
  if (!fields.includes(MAX_32)) return [...fields];
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const length = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === EXTRA.zip64 && at + 4 + length <= extra.byteLength) {
      let field = at + 4;
      return fields.map((value) => {
        if (value !== MAX_32) return value;
        if (field + 8 > at + 4 + length) throw brokenZip(path, `the zip64 field of ${name} is too short`);
        field += 8;
        return toNumber(path, extra.getBigUint64(field - 8, true));
      });
    }
    at += 4 + length;
  }
  return [...fields]; // exactly 4 GiB - 1, by chance
}

function toNumber(path: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw brokenZip(path, `impossible offset or size ${value}`);
  return Number(value);
}
