import { open } from 'node:fs/promises';
import { internalError } from '../common/errors.ts';
import { readEntry, readExactly, type TensorEntry } from '../formats/safetensors.ts';
import type { ZipBytes } from '../formats/zip.ts';
import { narrowToFloat16 } from '../kernels/float16.ts';
import { savedName } from '../train/finetune/saved-name.ts';
import { isNeckWeight } from './inference-graph.ts';
import { stoppable } from './pieces.ts';

/** Type of the weights in a packaged model; it computes in float32 in any case. */
export type StoredType = 'F32' | 'F16';

/** A tensor in memory, or where it lies in a file. */
export type TensorSource = TensorEntry | { readonly shape: readonly number[]; readonly data: Float32Array };

export interface PackedTensor {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data: ZipBytes;
}

/** Bytes read at once. */
const CHUNK_BYTES = 8 << 20;

/** The weights of a network from backbone file and checkpoint; what a checkpoint holds of the backbone goes first. */
export class PackedWeights {
  private readonly backbone: ReadonlyMap<string, TensorEntry>;
  private readonly trained: ReadonlyMap<string, TensorSource>;
  readonly dtype: StoredType;
  private readonly signal: AbortSignal | undefined;

  /** @param signal ends the reading of weights; its reason is thrown */
  constructor(
    backbone: ReadonlyMap<string, TensorEntry>,
    trained: ReadonlyMap<string, TensorSource>,
    dtype: StoredType,
    signal?: AbortSignal,
  ) {
    this.backbone = backbone;
    this.trained = trained;
    this.dtype = dtype;
    this.signal = signal;
  }

  get = (name: string): PackedTensor => {
    const source = isNeckWeight(name)
      ? this.trained.get(name)
      : (this.trained.get(savedName(name)) ?? this.backbone.get(name));
    if (!source) throw internalError(`there is no weight ${name}`);
    const { dtype, signal } = this;
    return { dtype, shape: source.shape, data: () => stoppable(stream(source, dtype), signal) };
  };
}

/** Bytes of a tensor, converted where it is stored in another type: at most one tensor is in memory. */
async function* stream(source: TensorSource, dtype: StoredType): AsyncGenerator<Uint8Array> {
  if ('path' in source && source.dtype === dtype) {
    yield* piecesOf(source);
    return;
  }
  if ('path' in source && source.dtype === 'F32') {
    for await (const { buffer, byteOffset, byteLength } of piecesOf(source))
      yield bytesOf(narrowToFloat16(new Float32Array(buffer, byteOffset, byteLength / 4)));
    return;
  }
  const values = 'path' in source ? await readEntry(source) : source.data;
  yield bytesOf(dtype === 'F16' ? narrowToFloat16(values) : values);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The buffer is used again: each piece must be used up before the next is asked for. */
async function* piecesOf({ path, offset, length }: TensorEntry): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, length));
    for (let done = 0; done < length; done += CHUNK_BYTES) {
      const piece = buffer.subarray(0, Math.min(CHUNK_BYTES, length - done));
      await readExactly(file, path, piece, offset + done);
      yield piece;
    }
  } finally {
    await file.close();
  }
}
