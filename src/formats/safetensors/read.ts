import { type FileHandle, open, readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { internalError, isSystemError, MdfeError } from '../../common/errors.ts';
import { widenBfloat16, widenFloat16 } from '../float16.ts';
import { readExactly as fill } from '../read-exactly.ts';
import type { TensorEntry, TensorFile } from './header.ts';
import { broken, DTYPE_BYTES, type Dtype, HEADER_LIMIT, isRecord, parseHeader } from './header.ts';

/** Bytes read at once: bounds what a conversion holds beside its result. */
const CHUNK_BYTES = 8 << 20;

/** Reads and checks the header of `x.safetensors`, or of all shards that `x.safetensors.index.json` names. */
export async function openSafetensors(path: string): Promise<TensorFile> {
  return path.endsWith('.index.json') ? openShards(path) : openSingle(path);
}

async function openSingle(path: string): Promise<TensorFile> {
  const file = await openForReading(path);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw notFound(path, 'this is a folder, not a file');
    const { size } = stats;
    if (size < 8)
      throw broken(path, 'the file is too short for a safetensors header', '>= 8 bytes', `${size}`);
    const prefix = new Uint8Array(8);
    await readExactly(file, path, prefix, 0);
    if (Buffer.from(prefix).toString('latin1').startsWith('PK\x03\x04')) throw torchInstead(path);
    const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
    if (length > HEADER_LIMIT || 8 + length > size)
      throw broken(
        path,
        'not a safetensors file, or cut off inside its header',
        `a header of at most ${Math.min(size - 8, HEADER_LIMIT)} bytes`,
        `${length} bytes`,
      );
    const header = new Uint8Array(length);
    await readExactly(file, path, header, 8);
    const facts = { dataStart: 8 + length, fileSize: size, realPath: await realpath(path) };
    return parseHeader(path, new TextDecoder().decode(header), facts);
  } finally {
    await file.close();
  }
}

async function openShards(path: string): Promise<TensorFile> {
  const weightMap = await readWeightMap(path);
  const folder = resolve(dirname(path));
  const shards = new Map<string, TensorFile>();
  for (const name of new Set(Object.values(weightMap))) {
    const shard = join(folder, name);
    if (!shard.startsWith(folder + sep))
      throw broken(path, `the shard ${name} lies outside the index's folder`);
    shards.set(name, await openSingle(shard));
  }
  const tensors = new Map<string, TensorEntry>();
  for (const [name, shard] of Object.entries(weightMap)) {
    const entry = shards.get(shard)?.tensors.get(name);
    if (!entry) throw broken(path, `the index places tensor ${name} in ${shard}, which does not hold it`);
    tensors.set(name, entry);
  }
  return { path, tensors, metadata: {} };
}

/** Which tensor lies in which shard. */
async function readWeightMap(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw isSystemError(cause, 'ENOENT') ? notFound(path, 'there is no such file', cause) : cause;
  });
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw broken(path, `the index is not JSON (${(cause as Error).message})`);
  }
  const map = isRecord(index) ? index.weight_map : undefined;
  if (!isRecord(map)) throw broken(path, 'the index has no weight_map');
  for (const [name, shard] of Object.entries(map))
    if (typeof shard !== 'string')
      throw broken(path, `the index places tensor ${name} in no file`, 'a file name', JSON.stringify(shard));
  return map as Readonly<Record<string, string>>;
}

/** Whole tensor as float32, whatever type it is stored in; row-major. */
export async function readTensor(file: TensorFile, name: string): Promise<Float32Array> {
  const entry = file.tensors.get(name);
  if (!entry) throw internalError(`${file.path} holds no tensor ${name}`);
  return readEntry(entry);
}

/** The numbers of one entry as float32; row-major. */
export async function readEntry(entry: TensorEntry): Promise<Float32Array> {
  const size = DTYPE_BYTES[entry.dtype];
  const result = new Float32Array(entry.length / size);
  const file = await openForReading(entry.path);
  try {
    if (entry.dtype === 'F32') {
      await readExactly(file, entry.path, new Uint8Array(result.buffer), entry.offset);
      return result;
    }
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, entry.length));
    for (let done = 0; done < entry.length; done += CHUNK_BYTES) {
      const bytes = chunk.subarray(0, Math.min(CHUNK_BYTES, entry.length - done));
      await readExactly(file, entry.path, bytes, entry.offset + done);
      CONVERT[entry.dtype](bytes, result, done / size);
    }
    return result;
  } finally {
    await file.close();
  }
}

type Convert = (bytes: Uint8Array, target: Float32Array, at: number) => void;
type NumericView = ArrayLike<number> & { readonly length: number };

/** Conversions for element types whose typed array JavaScript assigns to float32 by itself. */
const copied =
  (
    View: new (buffer: ArrayBufferLike, offset: number, length: number) => NumericView,
    size: number,
  ): Convert =>
  (bytes, target, at) =>
    target.set(new View(bytes.buffer, bytes.byteOffset, bytes.length / size), at);
const bigints =
  (View: new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayLike<bigint>): Convert =>
  (bytes, target, at) => {
    const values = new View(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    for (let i = 0; i < values.length; i++) target[at + i] = Number(values[i]!);
  };
const halves =
  (widen: (source: Uint16Array, target: Float32Array, at: number) => void): Convert =>
  (bytes, target, at) =>
    widen(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), target, at);

const CONVERT: { readonly [D in Dtype]: Convert } = {
  BOOL: copied(Uint8Array, 1),
  U8: copied(Uint8Array, 1),
  I8: copied(Int8Array, 1),
  U16: copied(Uint16Array, 2),
  I16: copied(Int16Array, 2),
  F16: halves(widenFloat16),
  BF16: halves(widenBfloat16),
  U32: copied(Uint32Array, 4),
  I32: copied(Int32Array, 4),
  F32: copied(Float32Array, 4),
  U64: bigints(BigUint64Array),
  I64: bigints(BigInt64Array),
  F64: copied(Float64Array, 8),
};

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw isSystemError(cause, 'ENOENT') ? notFound(path, 'there is no such file', cause) : cause;
  }
}

/** A zip archive, as torch.save writes it. */
function torchInstead(path: string): MdfeError {
  return new MdfeError({
    code: 'safetensors/torch',
    what: 'this is a PyTorch file (or another zip archive), not safetensors',
    where: path,
    todo: "save its tensors with Python: safetensors.torch.save_file(torch.load(FILE, map_location='cpu', weights_only=True), 'X.safetensors')",
  });
}

function notFound(path: string, what: string, cause?: unknown): MdfeError {
  return new MdfeError({ code: 'safetensors/not-found', what, where: path, todo: 'check the path', cause });
}

/** Fills `target` from `position`. */
export function readExactly(
  file: FileHandle,
  path: string,
  target: Uint8Array,
  position: number,
): Promise<void> {
  return fill(file, target, position, (expected, got) =>
    broken(path, 'the file ends early', `${expected} bytes`, `${got}`),
  );
}
