import { PickleObject } from '../pickle.ts';
import { DTYPE_BYTES, type Dtype } from '../safetensors.ts';

/** One storage: a run of numbers of one type, kept as the archive's entry `data/KEY`. */
export class Storage extends PickleObject {
  readonly name = 'a storage';
  readonly key: string;
  readonly dtype: Dtype;
  /** Elements. */
  readonly count: number;

  constructor(key: string, dtype: Dtype, count: number) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.count = count;
  }
}

/** A strided view of a storage. */
export class TensorView extends PickleObject {
  readonly name = 'a tensor';
  readonly storage: Storage;
  /** Elements from the start of the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Elements between neighbours along each axis. */
  readonly stride: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], stride: readonly number[]) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }

  /** Elements. */
  get count(): number {
    return this.shape.reduce((n, d) => n * d, 1);
  }

  /** Elements of the storage from the first to the last that the view touches. */
  get span(): number {
    return this.count === 0 ? 0 : 1 + this.shape.reduce((last, d, i) => last + (d - 1) * this.stride[i]!, 0);
  }

  /** Row-major without gaps: its bytes can be copied as they are. */
  get contiguous(): boolean {
    let expected = 1;
    for (let i = this.shape.length - 1; i >= 0; i--) {
      if (this.shape[i] !== 1 && this.stride[i] !== expected) return false;
      expected *= this.shape[i]!;
    }
    return true;
  }
}

/**
 * Row-major copy of a strided view.
 * @param source the view's span, starting at its first element
 */
export function gather(view: TensorView, source: Uint8Array): Uint8Array {
  const size = DTYPE_BYTES[view.storage.dtype];
  const result = new Uint8Array(view.count * size);
  if (result.length === 0) return result;
  const words = (bytes: Uint8Array) => new WORDS[size](bytes.buffer, bytes.byteOffset, bytes.length / size);
  copyStrided(words(source), words(result), view.shape, view.stride);
  return result;
}

interface Words {
  [i: number]: unknown;
  readonly length: number;
}

/** Views by element size; elements are only moved, never computed with. */
const WORDS: Record<1 | 2 | 4 | 8, new (buffer: ArrayBufferLike, offset: number, length: number) => Words> = {
  1: Uint8Array,
  2: Uint16Array,
  4: Uint32Array,
  8: BigUint64Array,
};

/** Counts through all positions like an odometer; the innermost axis runs in a plain loop. */
function copyStrided(
  source: Words,
  target: Words,
  shape: readonly number[],
  stride: readonly number[],
): void {
  const outer = Math.max(0, shape.length - 1);
  const inner = shape[outer] ?? 1;
  const step = stride[outer] ?? 1;
  const position = new Array<number>(outer).fill(0);
  let from = 0;
  for (let at = 0; at < target.length; ) {
    for (let i = 0; i < inner; i++) target[at++] = source[from + i * step];
    for (let axis = outer - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
}
