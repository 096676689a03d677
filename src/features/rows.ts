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
  const images = new ImageFinder(keys);
  const found = {
    shards: [] as Shard['features'][],
    shard: new Int32Array(keys.length * views).fill(-1),
    row: new Int32Array(keys.length * views),
  };
  const { paths, next } = await listShards(folder);
  for (const path of paths) addShard(found, await readShard(path), images, views);
  return { ...found, alias: aliases(found, images, keys, views), next };
}

/**
 * Numbers of images by key. Rows mostly stand in the order of the images: then a comparison with the next key does, and
 * no table of all keys is made.
 */
class ImageFinder {
  private readonly keys: readonly string[];
  private last = 0;
  private table: ReadonlyMap<string, number> | undefined;

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  /** An image with that key; of several, any. */
  find(key: string): number | undefined {
    const { keys, last } = this;
    if (key === keys[last]) return last;
    const found = key === keys[last + 1] ? last + 1 : this.first(key);
    if (found !== undefined) this.last = found;
    return found;
  }

  /** The first image with that key. */
  first(key: string): number | undefined {
    this.table ??= firstOfEach(this.keys);
    return this.table.get(key);
  }
}

function firstOfEach(keys: readonly string[]): Map<string, number> {
  const table = new Map<string, number>();
  keys.forEach((key, i) => {
    if (key !== '' && !table.has(key)) table.set(key, i);
  });
  return table;
}

type Found = Omit<RowIndex, 'alias'>;

function addShard(index: Found, shard: Shard, images: ImageFinder, views: number): void {
  const number = index.shards.push(shard.features) - 1;
  shard.rows.forEach((line, row) => {
    const tab = line.indexOf('\t');
    const view = Number(line.slice(0, tab));
    const image = images.find(line.slice(tab + 1));
    if (image === undefined || view >= views) return;
    index.shard[image * views + view] = number;
    index.row[image * views + view] = row;
  });
}

/** Where every image has its own rows nothing is to be looked up; else a row that any of equal images found is the first's. */
function aliases(
  { shard, row }: Found,
  images: ImageFinder,
  keys: readonly string[],
  views: number,
): Int32Array {
  const alias = Int32Array.from({ length: keys.length }, (_, i) => i);
  if (!shard.includes(-1)) return alias;
  keys.forEach((key, i) => {
    const first = images.first(key) ?? i;
    alias[i] = first;
    for (let view = 0; view < views && first !== i; view++) {
      const own = i * views + view;
      if (shard[own] === -1) continue;
      shard[first * views + view] = shard[own]!;
      row[first * views + view] = row[own]!;
    }
  });
  return alias;
}
