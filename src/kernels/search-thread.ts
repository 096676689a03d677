import type { SearchPlan } from './search-memory.ts';

/** Rows of the index that lie in memory together. */
export interface Chunk {
  /** Counts from 0; says which buffers hold it. */
  readonly number: number;
  readonly rows: number;
  /** Number of its first row. */
  readonly first: number;
}

/** What the threads are asked to do together. They take pieces of it one after another until none is left. */
export type SearchRequest =
  /** A new block of queries lies in memory; `queries` of them exist. */
  | { readonly type: 'queries'; readonly queries: number }
  /** Make one chunk ready and search the one before it. */
  | { readonly type: 'chunks'; readonly prepare?: Chunk | undefined; readonly search?: Chunk | undefined };

export interface SearchReply {
  /** A vector is not finite, or too long. */
  readonly outOfRange: boolean;
}

/** Squared length up to which float32 products of two vectors cannot overflow. */
const LARGEST_SQUARE = 1e30;
/** Queries and rows of a piece of work. */
const QUERIES = 64;
const ROWS = 256;

interface SearchExports {
  configure(...values: number[]): void;
  prepareQueries(from: number, to: number): number;
  prepareRows(
    ...values: [
      raw: number,
      from: number,
      to: number,
      rows: number,
      ready: number,
      factors: number,
      halves: number,
    ]
  ): number;
  searchChunk(
    ...values: [
      from: number,
      to: number,
      raw: number,
      ready: number,
      rows: number,
      factors: number,
      halves: number,
      first: number,
    ]
  ): void;
}

/** One thread of a search. Any thread may search for any query: its state lies in the shared memory. */
export class SearchThread {
  private readonly kernel: SearchExports;
  private readonly plan: SearchPlan;
  private readonly thread: number;
  private readonly counter: Int32Array<ArrayBufferLike>;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, plan: SearchPlan, thread: number) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.kernel = exports as unknown as SearchExports;
    this.plan = plan;
    this.thread = thread;
    this.counter = new Int32Array(memory.buffer, plan.counter, 1);
  }

  run(request: SearchRequest): SearchReply {
    const longest = request.type === 'queries' ? this.queries(request.queries) : this.chunks(request);
    return { outOfRange: !(longest < LARGEST_SQUARE) };
  }

  private queries(queries: number): number {
    const { plan, kernel } = this;
    kernel.configure(
      ...[plan.dim, plan.paddedDim, plan.k, plan.cosine ? 1 : 0, queries, plan.rawQueries, plan.centre],
      ...[plan.panels, plan.scales, plan.squares, plan.bounds, plan.values, plan.indices],
      plan.scratch[this.thread]!,
    );
    let longest = 0;
    for (const piece of this.pieces(Math.ceil(plan.paddedQueries / QUERIES))) {
      const from = piece * QUERIES;
      const to = Math.min(from + QUERIES, plan.paddedQueries);
      longest = Math.max(longest, kernel.prepareQueries(from, to));
    }
    return longest;
  }

  private chunks({ prepare, search }: Extract<SearchRequest, { type: 'chunks' }>): number {
    const { paddedQueries } = this.plan;
    const parts = prepare ? Math.ceil(prepare.rows / ROWS) : 0;
    const groups = search ? Math.ceil(paddedQueries / QUERIES) : 0;
    let longest = 0;
    for (const piece of this.pieces(parts + groups)) {
      if (piece < parts) longest = Math.max(longest, this.prepare(prepare!, piece * ROWS));
      else this.search(search!, (piece - parts) * QUERIES);
    }
    return longest;
  }

  /** Numbers below `count` that no other thread has taken. */
  private *pieces(count: number) {
    for (let piece = this.take(); piece < count; piece = this.take()) yield piece;
  }

  private take(): number {
    return Atomics.add(this.counter, 0, 1);
  }

  private prepare({ number, rows }: Chunk, from: number): number {
    const { raw, ready } = this.plan;
    const to = Math.min(from + ROWS, rows);
    const target = ready[number % 2]!;
    return this.kernel.prepareRows(
      ...([raw[number % 3]!, from, to, rows, target.rows, target.factors, target.halves] as const),
    );
  }

  private search({ number, rows, first }: Chunk, from: number): void {
    const { raw, ready, paddedQueries } = this.plan;
    const to = Math.min(from + QUERIES, paddedQueries);
    const source = ready[number % 2]!;
    this.kernel.searchChunk(
      ...([from, to, raw[number % 3]!, source.rows, rows, source.factors, source.halves, first] as const),
    );
  }
}
