import { open } from 'node:fs/promises';
import { readExactly, type TensorEntry } from '../formats/safetensors.ts';
import { widenFloat16 } from '../kernels/float16.ts';
import type { RowPlaces } from './row-places.ts';
import type { FeatureStore } from './store.ts';

type Numbers = Float32Array | Uint16Array;

/** A shard of which less than this share is wanted is copied together. */
const SPARSE = 0.75;

/** Holds every feature in memory in its stored precision, shard by shard as read from disk. */
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

  static async load(places: RowPlaces): Promise<MemoryStore> {
    const { width, precision } = places;
    const row = places.row.slice();
    const shards: Numbers[] = [];
    for (const [s, wanted] of places.byShard().entries()) {
      if (wanted.length === 0) {
        shards.push(new Float32Array(0));
        continue;
      }
      const all = await readNumbers(places.shards[s]!, precision);
      const dense = wanted.length * width >= all.length * SPARSE;
      shards.push(dense ? all : copyTogether(all, width, wanted, row));
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

async function readNumbers({ path, offset, length }: TensorEntry, precision: string): Promise<Numbers> {
  const bytes = new Uint8Array(length);
  const file = await open(path, 'r');
  try {
    await readExactly(file, path, bytes, offset);
  } finally {
    await file.close();
  }
  return precision === 'float16' ? new Uint16Array(bytes.buffer) : new Float32Array(bytes.buffer);
}

/** The wanted rows alone; `row` is changed to where each now lies. */
function copyTogether(all: Numbers, width: number, wanted: readonly number[], row: Int32Array): Numbers {
  const size = wanted.length * width;
  const some = all instanceof Uint16Array ? new Uint16Array(size) : new Float32Array(size);
  wanted.forEach((place, at) => {
    some.set(all.subarray(row[place]! * width, (row[place]! + 1) * width), at * width);
    row[place] = at;
  });
  return some;
}
