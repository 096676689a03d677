import { writeAtomically } from '../../common/atomic-file.ts';
import { internalError } from '../../common/errors.ts';
import { narrowToBfloat16, narrowToFloat16 } from '../float16.ts';
import { DTYPE_BYTES, type Dtype } from './header.ts';

/** Types that float32 data can be written as; the other numeric arrays are written as they are. */
type WritableDtype = 'F32' | 'F16' | 'BF16';
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export interface TensorToWrite {
  /** Defaults to the array's own type. */
  readonly dtype?: WritableDtype | undefined;
  readonly shape: readonly number[];
  /** The numbers, row-major, or a function that makes them when their turn comes: only one is held at a time. */
  readonly data: TensorData | (() => TensorData | Promise<TensorData>);
  /** Needed only for a function that makes something other than float32. */
  readonly stored?: 'F32' | 'I32' | 'I64' | 'U8' | undefined;
  /** `data` are the tensor's bytes, already of this type and little-endian; for copying. */
  readonly raw?: Dtype | undefined;
}

/** Data starts at a multiple of this many bytes, so that a mapped file can be used in place. */
const ALIGNMENT = 64;

/**
 * Writes a safetensors file beside `path` and renames it. Tensors are laid out largest element type first (else in
 * the order given), which aligns each to its own element size: the format allows no padding between them.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [name: string, tensor: TensorToWrite]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const planned = [...tensors].map(([name, tensor]) => {
    const dtype = tensor.raw ?? tensor.dtype ?? tensor.stored ?? storedType(tensor.data);
    const count = tensor.shape.reduce((n, d) => n * d, 1);
    return { name, tensor, dtype, count, length: count * DTYPE_BYTES[dtype] };
  });
  planned.sort((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const { name, tensor, dtype, length } of planned) {
    if (name in header) throw internalError(`tensor ${name} is written twice into ${path}`);
    header[name] = { dtype, shape: tensor.shape, data_offsets: [offset, offset + length] };
    offset += length;
  }
  const prefix = encodeHeader(JSON.stringify(header));
  await writeAtomically(path, async (file) => {
    await file.writeFile(prefix);
    for (const { name, tensor, dtype, count } of planned) {
      const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
      if (data.length !== (tensor.raw ? count * DTYPE_BYTES[dtype] : count))
        throw internalError(`tensor ${name} has ${data.length} numbers, not [${tensor.shape.join(', ')}]`);
      const stored = encode(data, tensor.dtype);
      if (stored.byteLength !== count * DTYPE_BYTES[dtype])
        throw internalError(`tensor ${name} is not ${dtype}`);
      await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    }
  });
}

function storedType(data: TensorToWrite['data']): 'F32' | 'I32' | 'I64' | 'U8' {
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  if (data instanceof Uint8Array) return 'U8';
  return 'F32';
}

function encode(data: TensorData, dtype: WritableDtype | undefined): TensorData | Uint16Array {
  if (dtype === undefined || dtype === 'F32') return data;
  if (!(data instanceof Float32Array)) throw internalError(`only float32 data can be written as ${dtype}`);
  return dtype === 'F16' ? narrowToFloat16(data) : narrowToBfloat16(data);
}

/** Length prefix and JSON, padded with spaces (the format's own filler) up to the alignment. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const end = Math.ceil((8 + text.length) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(end).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(end - 8), true);
  bytes.set(text, 8);
  return bytes;
}
