import { Arena } from './module.ts';

/**
 * Where one search's buffers lie. Q: queries of a block, padded to 16; R: rows of a chunk, padded to even; P: `dim`
 * padded to 8.
 */
export interface SearchPlan {
  readonly dim: number;
  readonly paddedDim: number;
  readonly k: number;
  readonly cosine: boolean;
  readonly threads: number;
  /** Largest number of queries that exist in a block, and Q. */
  readonly queries: number;
  readonly paddedQueries: number;
  readonly chunkRows: number;
  /** Number of the next piece of work that is nobody's yet. int32 */
  readonly counter: number;
  /** [Q, dim] */
  readonly rawQueries: number;
  /** What is subtracted from every vector. [P] float64 */
  readonly centre: number;
  /** Queries as 16-bit integers. [Q / 16, P / 2, 16, 2] */
  readonly panels: number;
  /** [Q] */
  readonly scales: number;
  /** Squared lengths, from the centre. [Q] float64 */
  readonly squares: number;
  /** Score at which a row is measured in float64. [Q] */
  readonly bounds: number;
  /** Distances, rising. [Q, k] float64 */
  readonly values: number;
  /** [Q, k] */
  readonly indices: number;
  /** Chunks of the index as they are: one is searched, one made ready, one copied. [R, dim] */
  readonly raw: readonly number[];
  /** Chunks of the index as 16-bit integers: one is searched, one made ready. */
  readonly ready: readonly ReadyChunk[];
  /** Each thread's [P] float64. */
  readonly scratch: readonly number[];
  readonly bytes: number;
}

export interface ReadyChunk {
  /** 16-bit integers, two rows side by side. [R / 2, P / 2, 2, 2] */
  readonly rows: number;
  /** [R] */
  readonly factors: number;
  /** [R] */
  readonly halves: number;
}

/** Bounds of a block of queries: with its results some tens of megabytes. */
const MOST_QUERIES = 8192;
const MOST_QUERY_NUMBERS = 2 ** 21;
/** Multiply-adds of a chunk: some 50 ms of one core, so that progress and cancelling come often. */
const CHUNK_WORK = 2 ** 31;
/** Numbers of a chunk: 4 MB in each of three buffers, half of it in each of two. */
const MOST_CHUNK_NUMBERS = 2 ** 20;

export function planSearch(size: {
  readonly queries: number;
  readonly rows: number;
  readonly dim: number;
  readonly k: number;
  readonly cosine: boolean;
  readonly threads: number;
}): SearchPlan {
  const { dim, k, cosine, threads } = size;
  const paddedDim = roundUp(dim, 8);
  const queries = Math.min(
    size.queries,
    MOST_QUERIES,
    Math.max(16, Math.floor(MOST_QUERY_NUMBERS / paddedDim)),
  );
  const paddedQueries = roundUp(queries, 16);
  const wanted = Math.min(size.rows, MOST_CHUNK_NUMBERS / paddedDim, CHUNK_WORK / (paddedQueries * dim));
  const chunkRows = roundUp(Math.max(1, wanted), 128);
  const arena = new Arena();
  const floats = (n: number) => arena.take(n * 4);
  const doubles = (n: number) => arena.take(n * 8);
  const shorts = (n: number) => arena.take(n * 2);
  const plan = {
    dim,
    paddedDim,
    k,
    cosine,
    threads,
    queries,
    paddedQueries,
    chunkRows,
    counter: floats(1),
    rawQueries: floats(paddedQueries * dim),
    centre: doubles(paddedDim),
    panels: shorts(paddedQueries * paddedDim),
    scales: floats(paddedQueries),
    squares: doubles(paddedQueries),
    bounds: floats(paddedQueries),
    values: doubles(paddedQueries * k),
    indices: floats(paddedQueries * k),
    raw: Array.from({ length: 3 }, () => floats(chunkRows * dim)),
    ready: Array.from({ length: 2 }, () => ({
      rows: shorts(chunkRows * paddedDim),
      factors: floats(chunkRows),
      halves: floats(chunkRows),
    })),
    scratch: Array.from({ length: threads }, () => doubles(paddedDim)),
  };
  return { ...plan, bytes: arena.bytes };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
