import type { OwnBuffers, SearchPlan } from './search-memory.ts';

/** What a search thread is asked to do. */
export type SearchRequest =
  /** A new block of queries lies in memory; `queries` of them exist. */
  | { readonly type: 'queries'; readonly queries: number }
  /** `rows` rows of the index, from number `first` on, lie in `slot`. */
  | { readonly type: 'chunk'; readonly slot: 0 | 1; readonly rows: number; readonly first: number };

export interface SearchReply {
  /** A vector is not finite, or so long that float32 products overflow. */
  readonly outOfRange: boolean;
}

/** Squared length beyond which float32 products may overflow. */
const LARGEST_SQUARE = 1e30;

interface SearchExports {
  configure(...values: number[]): void;
  prepareQueries(from: number, to: number): void;
  prepareRows(rows: number, n: number, factors: number, summands: number, norms: number): number;
  setMargins(from: number, to: number, largest: number): void;
  searchChunk(
    ...values: [
      from: number,
      to: number,
      rows: number,
      n: number,
      factors: number,
      summands: number,
      norms: number,
      first: number,
      scores: number,
    ]
  ): void;
}

/** One thread's share of a search: some of the queries against all rows. */
export class SearchThread {
  private readonly kernel: SearchExports;
  private readonly memory: WebAssembly.Memory;
  private readonly plan: SearchPlan;
  private readonly own: OwnBuffers;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, plan: SearchPlan, thread: number) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.kernel = exports as unknown as SearchExports;
    this.memory = memory;
    this.plan = plan;
    this.own = plan.own[thread]!;
  }

  run(request: SearchRequest): SearchReply {
    return request.type === 'queries' ? this.queries(request.queries) : this.chunk(request);
  }

  private queries(queries: number): SearchReply {
    const { plan, own, kernel } = this;
    kernel.configure(
      ...[plan.dim, plan.k, plan.cosine ? 1 : 0, queries, plan.rawQueries, plan.panels, plan.bounds],
      ...[plan.margins, plan.values, plan.indices, plan.queryNorms],
    );
    kernel.prepareQueries(own.from, own.to);
    const squares = new Float64Array(this.memory.buffer, plan.queryNorms + own.from * 8, own.to - own.from);
    return { outOfRange: !squares.every((square) => square < LARGEST_SQUARE) };
  }

  private chunk({ slot, rows, first }: Extract<SearchRequest, { type: 'chunk' }>): SearchReply {
    const { kernel, plan, own } = this;
    const { from, to, factors, summands, norms, scores } = own;
    const address = plan.slots[slot];
    const largest = kernel.prepareRows(address, rows, factors, summands, norms);
    if (!(largest < LARGEST_SQUARE)) return { outOfRange: true };
    kernel.setMargins(from, to, largest);
    kernel.searchChunk(from, to, address, rows, factors, summands, norms, first, scores);
    return { outOfRange: false };
  }
}
