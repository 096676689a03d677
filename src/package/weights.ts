import { internalError } from '../common/errors.ts';
import { readEntry, type TensorEntry } from '../formats/safetensors.ts';
import type { ZipBytes } from '../formats/zip.ts';
import { NarrowingMemory, narrowToFloat16 } from '../kernels/float16.ts';
import { savedName } from '../train/finetune/saved-name.ts';
import { isNeckWeight } from './inference-graph.ts';
import { PieceReader, RING_BYTES } from './pieces.ts';

/** Type of the weights in a packaged model; it computes in float32 in any case. */
export type StoredType = 'F32' | 'F16';

/** A tensor in memory, or where it lies in a file. */
export type TensorSource = TensorEntry | { readonly shape: readonly number[]; readonly data: Float32Array };

export interface PackedTensor {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data: ZipBytes;
}

/** The weights of a network from backbone file and checkpoint; what a checkpoint holds of the backbone goes first. */
export class PackedWeights {
  private readonly backbone: ReadonlyMap<string, TensorEntry>;
  private readonly trained: ReadonlyMap<string, TensorSource>;
  readonly dtype: StoredType;
  private readonly signal: AbortSignal | undefined;
  /** Where float32 becomes float16. */
  private readonly narrowing: NarrowingMemory | undefined;
  private readonly reader: PieceReader;

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
    this.narrowing = dtype === 'F16' ? new NarrowingMemory(RING_BYTES) : undefined;
    this.reader = new PieceReader(signal, this.narrowing?.buffer);
  }

  /** The data of one tensor must be used up before those of the next are asked for. */
  get = (name: string): PackedTensor => {
    const source = isNeckWeight(name)
      ? this.trained.get(name)
      : (this.trained.get(savedName(name)) ?? this.backbone.get(name));
    if (!source) throw internalError(`there is no weight ${name}`);
    return { dtype: this.dtype, shape: source.shape, data: () => this.stream(source) };
  };

  /** Bytes of a tensor, converted where it is stored in another type; large ones piece by piece, but for bfloat16. */
  private async *stream(source: TensorSource): AsyncGenerator<Uint8Array> {
    const { dtype, narrowing, reader } = this;
    if ('path' in source && source.dtype === dtype) {
      yield* reader.read(source);
      return;
    }
    if ('path' in source && source.dtype === 'F32' && narrowing) {
      for await (const piece of reader.read(source)) yield narrowing.narrow(piece);
      return;
    }
    this.signal?.throwIfAborted();
    const values = 'path' in source ? await readEntry(source) : source.data;
    yield bytesOf(dtype === 'F16' ? narrowToFloat16(values) : values);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
