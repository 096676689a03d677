import { type FileHandle, open } from 'node:fs/promises';
import { readExactly } from '../formats/safetensors.ts';
import { widenFloat16 } from '../kernels/float16.ts';
import type { RowPlaces } from './row-places.ts';
import { readingShard } from './shard.ts';
import type { FeatureStore } from './store.ts';

/** Systems commonly allow a process 1024 open files. */
const MAX_OPEN = 256;

/** Reads the rows of each batch from disk, for stores that do not fit into memory. */
export class DiskStore implements FeatureStore {
  readonly inMemory = false;
  readonly count: number;
  readonly width: number;
  readonly views: number;
  private readonly places: RowPlaces;
  private readonly handles = new Map<number, FileHandle>();

  constructor(places: RowPlaces) {
    this.places = places;
    this.count = places.count;
    this.width = places.width;
    this.views = places.views;
  }

  async gather(rows: Int32Array, view: number, out: Float32Array): Promise<void> {
    const { places, width } = this;
    if (this.handles.size > MAX_OPEN) await this.close();
    const indices = [...rows].map((row) => row * this.views + view);
    for (const shard of new Set(indices.map((i) => places.shard[i]!))) await this.handle(shard);
    const bytesPerRow = width * (places.dtype === 'float16' ? 2 : 4);
    await Promise.all(
      indices.map(async (i, position) => {
        const shard = places.shard[i]!;
        const { path, offset } = places.shards[shard]!;
        const bytes =
          places.dtype === 'float16'
            ? new Uint8Array(bytesPerRow)
            : new Uint8Array(out.buffer, out.byteOffset + position * bytesPerRow, bytesPerRow);
        const start = offset + places.row[i]! * bytesPerRow;
        await readingShard(path, () => readExactly(this.handles.get(shard)!, path, bytes, start));
        if (places.dtype === 'float16') widenFloat16(new Uint16Array(bytes.buffer), out, position * width);
      }),
    );
  }

  async close(): Promise<void> {
    const open = [...this.handles.values()];
    this.handles.clear();
    await Promise.all(open.map((handle) => handle.close()));
  }

  private async handle(shard: number): Promise<void> {
    const { path } = this.places.shards[shard]!;
    if (!this.handles.has(shard)) this.handles.set(shard, await readingShard(path, () => open(path, 'r')));
  }
}
