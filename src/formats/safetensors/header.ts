import { MdfeError } from '../../common/errors.ts';

/** Bytes per element of every type that we read. */
export const DTYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Where a tensor's bytes lie: contiguous, row-major, little-endian. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** File that holds the bytes; a sharded checkpoint has several. */
  readonly path: string;
  /** Bytes from the start of that file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Tensors of one checkpoint by their published names, not their contents. */
export interface TensorFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit on the header, bytes. */
export const HEADER_LIMIT = 100_000_000;

export function broken(path: string, what: string, expected?: string, got?: string): MdfeError {
  return new MdfeError({
    code: 'safetensors/broken',
    what,
    where: path,
    expected,
    got,
    todo: 'the file is damaged or incomplete: download or copy it again',
  });
}

interface HeaderFacts {
  /** Bytes before the data: 8 + header length. */
  readonly dataStart: number;
  /** Bytes. */
  readonly fileSize: number;
  /** The file itself where `path` is a link to it, as in the hub's cache. */
  readonly realPath?: string;
}

/**
 * Reads a header's JSON and checks it against the format's rules: known types, sizes that match the shapes, and
 * offsets that cover the data without overlap, gap or excess.
 */
export function parseHeader(path: string, json: string, facts: HeaderFacts): TensorFile {
  const { dataStart, fileSize, realPath = path } = facts;
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    throw broken(path, `the header is not JSON (${(cause as Error).message})`);
  }
  if (!isRecord(header)) throw broken(path, 'the header is not a JSON object');
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(path, value);
    else tensors.set(name, { ...parseEntry(path, name, value, dataStart), path: realPath });
  }
  checkCoverage(path, tensors, dataStart, fileSize);
  return { path, tensors, metadata };
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((v) => typeof v !== 'string'))
    throw broken(path, '__metadata__ must map text to text');
  return value as Record<string, string>;
}

function parseEntry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  if (!isRecord(value)) throw broken(path, `tensor ${name} has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype))
    throw new MdfeError({
      code: 'safetensors/dtype',
      what: `tensor ${name} has a number type that cannot be read`,
      where: path,
      expected: Object.keys(DTYPE_BYTES).join(', '),
      got: String(dtype),
      todo: 'use a float32, float16 or bfloat16 copy of these weights',
    });
  if (!isCounts(shape)) throw broken(path, `tensor ${name} has an impossible shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1]! < offsets[0]!)
    throw broken(path, `tensor ${name} has impossible data_offsets ${JSON.stringify(offsets)}`);
  const length = offsets[1]! - offsets[0]!;
  const needed = shape.reduce((n, d) => n * d, 1) * DTYPE_BYTES[dtype as Dtype];
  if (length !== needed)
    throw broken(
      path,
      `tensor ${name} has the wrong size`,
      `${needed} bytes for ${dtype} [${shape.join(', ')}]`,
      `${length} bytes`,
    );
  return { dtype: dtype as Dtype, shape, path, offset: dataStart + offsets[0]!, length };
}

function checkCoverage(
  path: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  fileSize: number,
): void {
  let end = dataStart;
  let before = 'the header';
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  for (const [name, { offset, length }] of inOrder) {
    if (offset < end) throw broken(path, `tensor ${name} overlaps ${before}`);
    if (offset > end) throw broken(path, `${offset - end} bytes before tensor ${name} belong to no tensor`);
    end = offset + length;
    before = `tensor ${name}`;
  }
  if (end > fileSize) throw broken(path, 'the file is cut off', `${end} bytes`, `${fileSize} bytes`);
  if (end < fileSize) throw broken(path, 'bytes after the last tensor', `${end} bytes`, `${fileSize} bytes`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
