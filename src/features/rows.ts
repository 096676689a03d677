import { dataViewOf, type TextPool } from '../common/text-pool.ts';
import { brokenShard, type Shard } from './shard.ts';

/** Where the features of the images asked for lie: [images * views], -1 where not computed yet. */
export interface RowIndex {
  readonly shards: Shard['features'][];
  readonly shard: Int32Array;
  readonly row: Int32Array;
  /** [images] first image with the same key: the same file listed twice is computed once. */
  readonly alias: Int32Array;
  /** Every image has rows of its own for all views. */
  readonly complete: boolean;
}

/** Finds the stored rows of the images whose keys are given (see imageKeys). */
export async function indexRows(
  shards: AsyncIterable<Shard>,
  keys: TextPool,
  views: number,
): Promise<RowIndex> {
  const images = new ImageFinder(keys);
  const found = {
    shards: [] as Shard['features'][],
    shard: new Int32Array(keys.length * views).fill(-1),
    row: new Int32Array(keys.length * views),
  };
  for await (const shard of shards) addShard(found, shard, images, views);
  const complete = !found.shard.includes(-1);
  const alias = new Int32Array(keys.length);
  for (let i = 0; i < alias.length; i++) alias[i] = i;
  if (!complete) findAliases(alias, found, images, keys, views);
  return { ...found, alias, complete };
}

const LINE_END = 10;
const TAB = 9;
const ZERO = 48;

/**
 * Numbers of images by key. Rows mostly stand in the order of the images: then a comparison with the next key does, and
 * no table of all keys is made.
 */
class ImageFinder {
  private readonly keys: TextPool;
  private last = 0;
  private table: ReadonlyMap<string, number> | undefined;

  constructor(keys: TextPool) {
    this.keys = keys;
  }

  /** The last image found, or the one after it, if the line from `from` on is its key. */
  near(text: DataView, from: number): number | undefined {
    if (this.isLine(this.last, text, from)) return this.last;
    return this.isLine(this.last + 1, text, from) ? ++this.last : undefined;
  }

  /** An image with the key from `from` to `end`; of several, any. */
  find(text: Uint8Array, from: number, end: number): number | undefined {
    const found = this.first(Buffer.from(text.buffer, text.byteOffset + from, end - from).toString('utf8'));
    if (found !== undefined) this.last = found;
    return found;
  }

  /** The first image with that key. */
  first(key: string): number | undefined {
    this.table ??= firstOfEach(this.keys);
    return this.table.get(key);
  }

  private isLine(image: number, text: DataView, from: number): boolean {
    const { keys } = this;
    if (image >= keys.length || !keys.standsAt(image, text, from)) return false;
    const end = from + keys.byteLength(image);
    return end > from && (end === text.byteLength || text.getUint8(end) === LINE_END);
  }

  /** Bytes of an image's key. */
  length(image: number): number {
    return this.keys.byteLength(image);
  }
}

function firstOfEach(keys: TextPool): Map<string, number> {
  const table = new Map<string, number>();
  for (let i = 0; i < keys.length; i++) {
    const key = keys.get(i);
    if (key !== '' && !table.has(key)) table.set(key, i);
  }
  return table;
}

type Found = Omit<RowIndex, 'alias' | 'complete'>;

function addShard(index: Found, shard: Shard, images: ImageFinder, views: number): void {
  const number = index.shards.push(shard.features) - 1;
  const { rows: text } = shard;
  const data = dataViewOf(text);
  let row = 0;
  for (let at = 0; at < text.length; row++) {
    let view = 0;
    for (; text[at] !== TAB; at++) {
      const digit = text[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) throw brokenShard(shard.path); // the text's end too
      view = 10 * view + digit;
    }
    at++;
    let image = images.near(data, at);
    if (image !== undefined) at += images.length(image) + 1;
    else {
      const lineEnd = text.indexOf(LINE_END, at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      image = images.find(text, at, end);
      at = end + 1;
    }
    if (image === undefined || view >= views) continue;
    index.shard[image * views + view] = number;
    index.row[image * views + view] = row;
  }
  if (row !== shard.features.shape[0]) throw brokenShard(shard.path);
}

/** A row that any of equal images found is the first's. */
function findAliases(
  alias: Int32Array,
  { shard, row }: Found,
  images: ImageFinder,
  keys: TextPool,
  views: number,
): void {
  for (let i = 0; i < alias.length; i++) {
    const first = images.first(keys.get(i)) ?? i;
    alias[i] = first;
    for (let view = 0; view < views && first !== i; view++) {
      const own = i * views + view;
      if (shard[own] === -1) continue;
      shard[first * views + view] = shard[own]!;
      row[first * views + view] = row[own]!;
    }
  }
}
