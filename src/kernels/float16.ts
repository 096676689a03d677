import { kernelModule, localMemory, PAGE } from './module.ts';

/** Numbers of one turn: both sides fit into the second-level cache. */
const TURN = 16_384;
const HALVES = 0;
const FLOATS = PAGE;

interface Float16Exports {
  toFloat32(from: number, to: number, n: number): void;
  toFloat16(from: number, to: number, n: number): void;
}

interface Converter {
  readonly kernel: Float16Exports;
  /** [TURN] */
  readonly halves: Uint16Array<ArrayBufferLike>;
  /** [TURN] */
  readonly floats: Float32Array<ArrayBufferLike>;
}

let converter: Converter | undefined;

function instance(): Converter {
  if (converter) return converter;
  const memory = localMemory(FLOATS + TURN * 4);
  const { exports } = new WebAssembly.Instance(kernelModule('float16'), { env: { memory } });
  converter = {
    kernel: exports as unknown as Float16Exports,
    halves: new Uint16Array(memory.buffer, HALVES, TURN),
    floats: new Float32Array(memory.buffer, FLOATS, TURN),
  };
  return converter;
}

const padded = (n: number) => Math.ceil(n / 8) * 8;

/** Widens binary16 patterns into `target` from index `at`. Exact. Same as formats/float16, at the memory's speed. */
export function widenFloat16(source: Uint16Array, target: Float32Array, at = 0): void {
  const { kernel, halves, floats } = instance();
  for (let from = 0; from < source.length; from += TURN) {
    const n = Math.min(TURN, source.length - from);
    halves.set(source.subarray(from, from + n));
    kernel.toFloat32(HALVES, FLOATS, padded(n));
    target.set(floats.subarray(0, n), at + from);
  }
}

/** Rounds to nearest, ties to even; beyond 65504 becomes infinity. Same as formats/float16, faster. */
export function narrowToFloat16(source: Float32Array, target = new Uint16Array(source.length)): Uint16Array {
  const { kernel, halves, floats } = instance();
  for (let from = 0; from < source.length; from += TURN) {
    const n = Math.min(TURN, source.length - from);
    floats.set(source.subarray(from, from + n));
    kernel.toFloat16(FLOATS, HALVES, padded(n));
    target.set(halves.subarray(0, n), from);
  }
  return target;
}

/** Memory of the kernel's own, in which numbers are narrowed where they lie: nothing is copied in and out. */
export class NarrowingMemory {
  readonly buffer: ArrayBuffer;
  private readonly kernel: Float16Exports;

  constructor(bytes: number) {
    const memory = localMemory(bytes);
    const { exports } = new WebAssembly.Instance(kernelModule('float16'), { env: { memory } });
    this.buffer = memory.buffer as ArrayBuffer;
    this.kernel = exports as unknown as Float16Exports;
  }

  /**
   * @param floats bytes of float32 numbers in `buffer`, at a multiple of 32 bytes; they and what follows them up to the
   *   next such multiple are overwritten
   * @returns bytes of as many float16 numbers, at the same place
   */
  narrow({ byteOffset, length }: Uint8Array): Uint8Array {
    this.kernel.toFloat16(byteOffset, byteOffset, padded(length / 4));
    return new Uint8Array(this.buffer, byteOffset, length / 2);
  }
}
