import { Arena } from './module.ts';

/** Where one search's buffers lie. Q: queries of a block, padded to 16; R: rows of a chunk, padded to even. */
export interface SearchPlan {
  readonly dim: number;
  readonly k: number;
  readonly cosine: boolean;
  /** Largest number of queries that exist in a block, and Q. */
  readonly queries: number;
  readonly paddedQueries: number;
  readonly chunkRows: number;
  /** [Q, dim] */
  readonly rawQueries: number;
  /** [Q / 16, dim, 16] */
  readonly panels: number;
  /** float32 score above which a pair is measured in float64. [Q] */
  readonly bounds: number;
  /** [Q] float64 */
  readonly margins: number;
  /** Distances, rising. [Q, k] float64 */
  readonly values: number;
  /** [Q, k] */
  readonly indices: number;
  /** Squared lengths. [Q] float64 */
  readonly queryNorms: number;
  /** Two chunks of the index, filled in turn. [R, dim] */
  readonly slots: readonly [number, number];
  readonly own: readonly OwnBuffers[];
  readonly bytes: number;
}

/** A thread's own buffers. */
export interface OwnBuffers {
  /** [R] */
  readonly factors: number;
  readonly summands: number;
  /** [R] float64 */
  readonly norms: number;
  /** 32 floats */
  readonly scores: number;
  /** This thread's queries, multiples of 16. */
  readonly from: number;
  readonly to: number;
}

/** Queries that are searched at once: with their results they stay far below 100 MB. */
const MOST_QUERIES = 8192;
/** Multiply-adds of a chunk: some 20 ms, so that progress and cancelling come often. */
const CHUNK_WORK = 2 ** 30;
const MOST_CHUNK_ROWS = 16_384;

export function planSearch(size: {
  readonly queries: number;
  readonly rows: number;
  readonly dim: number;
  readonly k: number;
  readonly cosine: boolean;
  readonly threads: number;
}): SearchPlan {
  const { dim, k, cosine, threads } = size;
  const queries = Math.min(size.queries, MOST_QUERIES);
  const paddedQueries = Math.ceil(queries / 16) * 16;
  const wanted = Math.min(size.rows, MOST_CHUNK_ROWS, CHUNK_WORK / (paddedQueries * dim));
  const chunkRows = Math.max(256, Math.ceil(wanted / 256) * 256);
  const panels = paddedQueries / 16;
  const arena = new Arena();
  const floats = (n: number) => arena.take(n * 4);
  const doubles = (n: number) => arena.take(n * 8);
  const plan = {
    dim,
    k,
    cosine,
    queries,
    paddedQueries,
    chunkRows,
    rawQueries: floats(paddedQueries * dim),
    panels: floats(paddedQueries * dim),
    bounds: floats(paddedQueries),
    margins: doubles(paddedQueries),
    values: doubles(paddedQueries * k),
    indices: floats(paddedQueries * k),
    queryNorms: doubles(paddedQueries),
    slots: [floats(chunkRows * dim), floats(chunkRows * dim)] as const,
    own: Array.from({ length: threads }, (_, i) => ({
      factors: floats(chunkRows),
      summands: floats(chunkRows),
      norms: doubles(chunkRows),
      scores: floats(32),
      from: Math.floor((panels * i) / threads) * 16,
      to: Math.floor((panels * (i + 1)) / threads) * 16,
    })),
  };
  return { ...plan, bytes: arena.bytes };
}
