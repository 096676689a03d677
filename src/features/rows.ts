import { listShards, readShard, type Shard } from './shard.ts';

/** Where the features of the images asked for lie: [images * views], -1 where not computed yet. */
export interface RowIndex {
  readonly shards: Shard['features'][];
  readonly shard: Int32Array;
  readonly row: Int32Array;
  /** [images] first image with the same key: the same file listed twice is computed once. */
  readonly alias: Int32Array;
}

/** Finds the stored rows of the images whose keys are given. */
export async function indexRows(
  folder: string,
  keys: readonly string[],
  views: number,
): Promise<RowIndex & { readonly next: number }> {
  const first = new Map<string, number>();
  const alias = new Int32Array(keys.length);
  keys.forEach((key, i) => {
    const known = key === '' ? i : first.get(key);
    if (known === undefined) first.set(key, i);
    alias[i] = known ?? i;
  });
  const index: RowIndex = {
    shards: [],
    shard: new Int32Array(keys.length * views).fill(-1),
    row: new Int32Array(keys.length * views),
    alias,
  };
  const { paths, next } = await listShards(folder);
  for (const path of paths) addShard(index, await readShard(path), first, views);
  return { ...index, next };
}

function addShard(index: RowIndex, shard: Shard, first: ReadonlyMap<string, number>, views: number): void {
  const number = index.shards.push(shard.features) - 1;
  shard.rows.forEach((line, row) => {
    const tab = line.indexOf('\t');
    const view = Number(line.slice(0, tab));
    const image = first.get(line.slice(tab + 1));
    if (image === undefined || view >= views) return;
    index.shard[image * views + view] = number;
    index.row[image * views + view] = row;
  });
}
