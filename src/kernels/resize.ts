import { Arena, kernelModule, localMemory } from './module.ts';

/** Which input pixels make an output pixel along one axis, as integers with 22 fraction bits. */
export interface AxisWeights {
  /** [outputs] first input pixel. */
  readonly first: Int32Array;
  /** [outputs] number of input pixels. */
  readonly count: Int32Array;
  /** [outputs, taps]; beyond `count` unused. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** The part of the resized image that is wanted, in pixels. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface ResizeExports {
  resizeRows(
    rows: number,
    stride: number,
    n: number,
    first: number,
    weights: number,
    groups: number,
    outputs: number,
    out: number,
  ): void;
  resizeColumn(rows: number, bytes: number, weights: number, pairs: number, out: number): void;
}

/** Input rows are copied in strips of about this many bytes, so that large images need little memory. */
const STRIP_BYTES = 2 ** 18;
/** What a vector load or store may touch beyond a buffer's end. */
const SLACK = 64;
const LOW_BITS = 11;

/**
 * Pillow's antialiased resize of interleaved 8-bit RGB, in both passes or only in one: an axis without weights keeps
 * its size. Bit for bit the plain integer sums, about eight times faster.
 *
 * @param rgb [height, width, 3]
 * @returns [crop.height, crop.width, 3]
 */
export function resizeRgb(
  rgb: Uint8Array,
  width: number,
  horizontal: AxisWeights | undefined,
  vertical: AxisWeights | undefined,
  crop: Crop,
): Uint8Array {
  const firstRow = vertical ? vertical.first[crop.y]! : crop.y;
  const lastRow = crop.y + crop.height - 1;
  const rows = vertical ? vertical.first[lastRow]! + vertical.count[lastRow]! - firstRow : crop.height;
  const line = crop.width * 3;
  const stride = width * 3;
  const stripRows = Math.max(1, Math.min(rows, Math.floor(STRIP_BYTES / stride)));
  const across = horizontal && remembered(groupsOf, horizontal, crop.x, crop.width, packGroups);
  const down = vertical && remembered(pairsOf, vertical, crop.y, crop.height, packPairs);

  const arena = new Arena();
  const bytes = (n: number) => arena.take(n + SLACK);
  const strip = across ? bytes(stripRows * stride + across.groups * 12) : 0;
  const first = across ? bytes(across.first.byteLength) : 0;
  const groups = across ? bytes(across.weights.byteLength) : 0;
  // Surplus taps weigh nothing but are read: rows beyond the last.
  const band = bytes((rows + (down ? down.pairs * 2 : 0)) * line);
  const pairs = down ? bytes(down.weights.byteLength) : 0;
  const out = down ? bytes(crop.height * line) : band;
  const { kernel, memory } = instanceOf(arena.bytes);
  const memoryBytes = new Uint8Array(memory.buffer);

  if (across) {
    new Int32Array(memory.buffer, first, across.first.length).set(across.first);
    new Int32Array(memory.buffer, groups, across.weights.length).set(across.weights);
    for (let y = 0; y < rows; y += stripRows) {
      const n = Math.min(stripRows, rows - y);
      memoryBytes.set(rgb.subarray((firstRow + y) * stride, (firstRow + y + n) * stride), strip);
      kernel.resizeRows(strip, stride, n, first, groups, across.groups, crop.width, band + y * line);
    }
  } else {
    for (let y = 0; y < rows; y++) {
      const start = (firstRow + y) * stride + crop.x * 3;
      memoryBytes.set(rgb.subarray(start, start + line), band + y * line);
    }
  }
  if (down) {
    new Int32Array(memory.buffer, pairs, down.weights.length).set(down.weights);
    for (let y = 0; y < crop.height; y++) {
      const from = band + (down.first[y]! - firstRow) * line;
      kernel.resizeColumn(from, line, pairs + y * down.pairs * 8, down.pairs, out + y * line);
    }
  }
  return memoryBytes.slice(out, out + crop.height * line);
}

/** w = high * 2^11 + low, two taps to a 32-bit word: what one multiply-add of 16-bit pairs takes. */
function pairOf(axis: AxisWeights, output: number, tap: number, part: (w: number) => number): number {
  const weight = (t: number) => (t < axis.count[output]! ? axis.weights[output * axis.taps + t]! : 0);
  return (part(weight(tap)) & 0xffff) | (part(weight(tap + 1)) << 16);
}
const low = (w: number) => w & (2 ** LOW_BITS - 1);
const high = (w: number) => w >> LOW_BITS;

function mostTaps({ count }: AxisWeights, from: number, outputs: number): number {
  let most = 1;
  for (let i = from; i < from + outputs; i++) most = Math.max(most, count[i]!);
  return most;
}

function packGroups(axis: AxisWeights, from: number, outputs: number) {
  const groups = Math.ceil(mostTaps(axis, from, outputs) / 4);
  const weights = new Int32Array(outputs * groups * 4);
  let at = 0;
  for (let x = from; x < from + outputs; x++)
    for (let tap = 0; tap < groups * 4; tap += 4) {
      weights[at++] = pairOf(axis, x, tap, low);
      weights[at++] = pairOf(axis, x, tap + 2, low);
      weights[at++] = pairOf(axis, x, tap, high);
      weights[at++] = pairOf(axis, x, tap + 2, high);
    }
  return { groups, weights, first: axis.first.slice(from, from + outputs).map((pixel) => pixel * 3) };
}

function packPairs(axis: AxisWeights, from: number, outputs: number) {
  const pairs = Math.ceil(mostTaps(axis, from, outputs) / 2);
  const weights = new Int32Array(outputs * pairs * 2);
  let at = 0;
  for (let y = from; y < from + outputs; y++)
    for (let tap = 0; tap < pairs * 2; tap += 2) {
      weights[at++] = pairOf(axis, y, tap, low);
      weights[at++] = pairOf(axis, y, tap, high);
    }
  return { pairs, weights, first: axis.first.subarray(from, from + outputs) };
}

/** What was packed last for each axis: images of one size come with the same weights, one after another. */
type Memory<T> = WeakMap<
  AxisWeights,
  { readonly from: number; readonly outputs: number; readonly packed: T }
>;
const groupsOf: Memory<ReturnType<typeof packGroups>> = new WeakMap();
const pairsOf: Memory<ReturnType<typeof packPairs>> = new WeakMap();

function remembered<T>(
  memory: Memory<T>,
  axis: AxisWeights,
  from: number,
  outputs: number,
  pack: (axis: AxisWeights, from: number, outputs: number) => T,
): T {
  const known = memory.get(axis);
  if (known?.from === from && known.outputs === outputs) return known.packed;
  const packed = pack(axis, from, outputs);
  memory.set(axis, { from, outputs, packed });
  return packed;
}

let current: { kernel: ResizeExports; memory: WebAssembly.Memory } | undefined;

/** One instance per thread; a larger image gets a larger memory. */
function instanceOf(bytes: number): NonNullable<typeof current> {
  if (current && current.memory.buffer.byteLength >= bytes) return current;
  const memory = localMemory(bytes * 1.5);
  const { exports } = new WebAssembly.Instance(kernelModule('resize'), { env: { memory } });
  current = { kernel: exports as unknown as ResizeExports, memory };
  return current;
}
