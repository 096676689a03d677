import type { TensorEntry } from '../formats/safetensors.ts';

/** Where each feature of a store lies on disk; index = image * views + view. */
export class RowPlaces {
  readonly count: number;
  readonly views: number;
  readonly width: number;
  readonly dtype: 'float32' | 'float16';
  readonly shards: readonly TensorEntry[];
  /** [count * views] */
  readonly shard: Int32Array;
  /** [count * views] row inside the shard. */
  readonly row: Int32Array;

  constructor(fields: Omit<RowPlaces, 'byShard' | 'bytes'>) {
    this.count = fields.count;
    this.views = fields.views;
    this.width = fields.width;
    this.dtype = fields.dtype;
    this.shards = fields.shards;
    this.shard = fields.shard;
    this.row = fields.row;
  }

  /** Bytes of all features. */
  get bytes(): number {
    return this.count * this.views * this.width * (this.dtype === 'float16' ? 2 : 4);
  }

  /** Indices by shard. */
  byShard(): number[][] {
    const lists: number[][] = this.shards.map(() => []);
    this.shard.forEach((s, i) => {
      lists[s]!.push(i);
    });
    return lists;
  }
}
