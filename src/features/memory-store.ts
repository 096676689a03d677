import { widenFloat16 } from '../kernels/float16.ts';
import type { RowPlaces } from './row-places.ts';
import { readShardBytes } from './shard.ts';
import type { FeatureStore } from './store.ts';

type Numbers = Float32Array | Uint16Array;

/** A shard of which less than this share is wanted is copied together. */
const SPARSE = 0.75;
/** Numbers in one piece of memory: 1 GiB of float32. */
const PIECE = 1 << 28;

/** Holds every feature in memory in its stored type, shard by shard as read from disk. */
export class MemoryStore implements FeatureStore {
  readonly inMemory = true;
  readonly count: number;
  readonly width: number;
  readonly views: number;
  private shards: readonly Numbers[];
  private readonly shard: Int32Array;
  private readonly row: Int32Array;

  private constructor(places: RowPlaces, shards: readonly Numbers[], row: Int32Array) {
    this.count = places.count;
    this.width = places.width;
    this.views = places.views;
    this.shards = shards;
    this.shard = places.shard;
    this.row = row;
  }

  /**
   * Reads one shard after another: training goes on meanwhile and wants the cores.
   * @throws the signal's reason when it aborts
   */
  static async load(places: RowPlaces, signal: AbortSignal): Promise<MemoryStore> {
    signal.throwIfAborted();
    const { width, dtype } = places;
    const row = places.row.slice();
    const bytes = dtype === 'float16' ? 2 : 4;
    const wanted = places.byShard().map((own, s) => {
      const all = places.shards[s]!.length / bytes;
      const some = own.length * width;
      return { own, all, kept: some > 0 && some >= all * SPARSE ? all : some };
    });
    const shards = allocate(
      wanted.map(({ kept }) => kept),
      dtype,
    );
    for (const [s, { own, all, kept }] of wanted.entries()) {
      signal.throwIfAborted();
      if (kept === 0) continue;
      const target = kept === all ? shards[s]! : allocate([all], dtype)[0]!;
      const { path, offset } = places.shards[s]!;
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      await readShardBytes(path, bytes, offset);
      if (kept < all) copyTogether(target, width, own, row, shards[s]!);
    }
    return new MemoryStore(places, shards, row);
  }

  gather(rows: Int32Array, view: number, out: Float32Array): void {
    const { width } = this;
    for (let i = 0; i < rows.length; i++) {
      const place = rows[i]! * this.views + view;
      const start = this.row[place]! * width;
      const source = this.shards[this.shard[place]!]!.subarray(start, start + width);
      if (source instanceof Uint16Array) widenFloat16(source, out, i * width);
      else out.set(source, i * width);
    }
  }

  async close(): Promise<void> {
    this.shards = [];
  }
}

/**
 * Room for so many numbers each, in few pieces of memory: each piece of megabytes that is asked for by itself makes the
 * garbage collector look through everything that lives.
 */
function allocate(lengths: readonly number[], dtype: RowPlaces['dtype']): Numbers[] {
  const NumberArray = dtype === 'float16' ? Uint16Array : Float32Array;
  const rooms: Numbers[] = [];
  for (let from = 0, end: number; from < lengths.length; from = end) {
    let total = 0;
    for (end = from; end < lengths.length && (end === from || total + lengths[end]! <= PIECE); end++)
      total += lengths[end]!;
    const piece = new NumberArray(total);
    let used = 0;
    for (const length of lengths.slice(from, end)) {
      rooms.push(piece.subarray(used, used + length));
      used += length;
    }
  }
  return rooms;
}

/** The wanted rows alone; `row` is changed to where each now lies. */
function copyTogether(
  all: Numbers,
  width: number,
  wanted: readonly number[],
  row: Int32Array,
  target: Numbers,
): void {
  wanted.forEach((place, at) => {
    target.set(all.subarray(row[place]! * width, (row[place]! + 1) * width), at * width);
    row[place] = at;
  });
}
