import { open } from 'node:fs/promises';
import { widenFloat16 } from '../formats/float16.ts';
import { readExactly } from '../formats/safetensors.ts';
import type { RowPlaces } from './row-places.ts';
import type { FeatureStore } from './store.ts';

/** Rows to a block: typed arrays of gigabytes are slow to get, blocks of some MB are not. */
const BLOCK_ROWS = 8192;

/** Holds every feature in memory in its stored precision. */
export class MemoryStore implements FeatureStore {
  readonly inMemory = true;
  readonly count: number;
  readonly width: number;
  readonly views: number;
  private blocks: (Float32Array | Uint16Array)[];

  private constructor(places: RowPlaces, blocks: (Float32Array | Uint16Array)[]) {
    this.count = places.count;
    this.width = places.width;
    this.views = places.views;
    this.blocks = blocks;
  }

  /** Reads shard after shard: beside the result, one shard is held. */
  static async load(places: RowPlaces): Promise<MemoryStore> {
    const { count, views, width, precision, shards } = places;
    const total = count * views;
    const blocks = [];
    for (let from = 0; from < total; from += BLOCK_ROWS) {
      const numbers = Math.min(BLOCK_ROWS, total - from) * width;
      blocks.push(precision === 'float16' ? new Uint16Array(numbers) : new Float32Array(numbers));
    }
    const store = new MemoryStore(places, blocks);
    const byShard = places.byShard();
    for (let s = 0; s < shards.length; s++) {
      const wanted = byShard[s]!;
      if (wanted.length === 0) continue;
      const { path, offset, length } = shards[s]!;
      const bytes = new Uint8Array(length);
      const file = await open(path, 'r');
      try {
        await readExactly(file, path, bytes, offset);
      } finally {
        await file.close();
      }
      const source = precision === 'float16' ? new Uint16Array(bytes.buffer) : new Float32Array(bytes.buffer);
      for (const i of wanted) {
        const row = places.row[i]!;
        store.slot(i).set(source.subarray(row * width, (row + 1) * width));
      }
    }
    return store;
  }

  gather(rows: Int32Array, view: number, out: Float32Array): void {
    for (let i = 0; i < rows.length; i++) {
      const source = this.slot(rows[i]! * this.views + view);
      if (source instanceof Uint16Array) widenFloat16(source, out, i * this.width);
      else out.set(source, i * this.width);
    }
  }

  async close(): Promise<void> {
    this.blocks = [];
  }

  private slot(i: number): Float32Array | Uint16Array {
    const start = (i % BLOCK_ROWS) * this.width;
    return this.blocks[Math.floor(i / BLOCK_ROWS)]!.subarray(start, start + this.width);
  }
}
