import { internalError, MdfeError } from '../common/errors.ts';
import type { SearchWorkerData } from './kernel-search.worker.ts';
import { kernelModule, sharedMemory } from './module.ts';
import { sampleCentre } from './search-centre.ts';
import { planSearch, type SearchPlan } from './search-memory.ts';
import { type Chunk, type SearchReply, type SearchRequest, SearchThread } from './search-thread.ts';
import { Team } from './team.ts';
import { kernelThreads } from './threads.ts';

export interface SearchOptions {
  /** [nq, dim] row-major */
  readonly queries: Float32Array;
  /** [n, dim] row-major; only one chunk of it is copied at a time. */
  readonly index: Float32Array;
  readonly dim: number;
  /** Neighbours per query. */
  readonly k: number;
  readonly metric: 'euclidean' | 'cosine';
  /** Default: the cores, at most 16. */
  readonly threads?: number | undefined;
  /** Some tens of times a second; `done` and `total` count pairs of query and row. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the search within some tens of milliseconds. */
  readonly signal?: AbortSignal | undefined;
}

export interface SearchResult {
  /** Rows of the index, nearest first; -1 where the index has fewer than k rows. [nq, k] */
  readonly indices: Int32Array;
  /** Euclidean distance, or 1 - cosine; Infinity beside -1. [nq, k] */
  readonly distances: Float32Array;
}

/** Below this many multiply-adds starting threads takes longer than searching. */
const WORTH_THREADS = 2 ** 24;

/**
 * Exact k nearest neighbours. The order is that of plain float64 arithmetic over the float32 vectors - sum of
 * squared differences, or 1 - x.y / (|x| |y|) with 0 for a vector without length, terms added from first to last -
 * and equal distances are ordered by index. Memory beside the results: at most 31 MB and 96 KB per neighbour.
 *
 * @throws MdfeError `search/out-of-range` for a number that is not finite or a vector longer than 1e15
 * @throws the signal's reason when cancelled
 */
export async function searchTopK(options: SearchOptions): Promise<SearchResult> {
  const { queries, index, dim, k, metric, onProgress, signal } = options;
  check(options);
  const nq = queries.length / dim;
  const n = index.length / dim;
  const indices = new Int32Array(nq * k).fill(-1);
  const distances = new Float32Array(nq * k).fill(Number.POSITIVE_INFINITY);
  if (nq === 0 || n === 0) return { indices, distances };
  signal?.throwIfAborted();

  const alone = nq * n * dim < WORTH_THREADS;
  const threads = alone ? 1 : Math.min(kernelThreads(options.threads), Math.ceil(nq / 16));
  const plan = planSearch({ queries: nq, rows: n, dim, k, cosine: metric === 'cosine', threads });
  const memory = sharedMemory(plan.bytes);
  new Float64Array(memory.buffer, plan.centre, dim).set(sampleCentre(index, dim, plan.cosine));
  const crew = alone ? soloist(plan, memory) : await startCrew(plan, memory);
  const counter = new Int32Array(memory.buffer, plan.counter, 1);
  const ask = async (request: SearchRequest) => {
    Atomics.store(counter, 0, 0);
    const replies = await crew.ask(request);
    if (replies.some((reply) => reply.outOfRange)) throw outOfRange(request);
  };
  try {
    for (let from = 0; from < nq; from += plan.queries) {
      const block = queries.subarray(from * dim, Math.min(nq, from + plan.queries) * dim);
      const rows = block.length / dim;
      new Float32Array(memory.buffer, plan.rawQueries, plan.paddedQueries * dim).fill(0).set(block);
      await ask({ type: 'queries', queries: rows });
      for (const { request, copyNext } of steps(index, plan, memory)) {
        const asked = ask(request);
        copyNext(); // while the threads work
        await asked;
        signal?.throwIfAborted();
        const { search } = request;
        if (search) onProgress?.(from * n + rows * (search.first + search.rows), nq * n);
      }
      const values = new Float64Array(memory.buffer, plan.values, rows * k);
      indices.set(new Int32Array(memory.buffer, plan.indices, rows * k), from * k);
      distances.set(metric === 'cosine' ? values : values.map(Math.sqrt), from * k);
    }
    return { indices, distances };
  } finally {
    await crew.stop();
  }
}

/**
 * Takes the index through memory chunk by chunk: while one is searched the next is made ready and the one after that
 * is copied.
 */
function* steps(index: Float32Array, plan: SearchPlan, memory: WebAssembly.Memory) {
  const { dim, chunkRows, raw } = plan;
  const n = index.length / dim;
  const chunk = (number: number): Chunk | undefined => {
    const first = number * chunkRows;
    return number >= 0 && first < n ? { number, rows: Math.min(chunkRows, n - first), first } : undefined;
  };
  const copy = (number: number) => {
    const part = chunk(number);
    if (!part) return;
    const rows = index.subarray(part.first * dim, (part.first + part.rows) * dim);
    new Float32Array(memory.buffer, raw[number % 3]!, rows.length).set(rows);
  };
  copy(0);
  for (let number = 0; number * chunkRows < n + chunkRows; number++) {
    const request = { type: 'chunks', prepare: chunk(number), search: chunk(number - 1) } as const;
    yield { request, copyNext: () => copy(number + 1) };
  }
}

/** Threads that all get the same request. */
interface Crew {
  ask(request: SearchRequest): Promise<SearchReply[]>;
  stop(): Promise<void>;
}

function soloist(plan: SearchPlan, memory: WebAssembly.Memory): Crew {
  const thread = new SearchThread(kernelModule('search'), memory, plan, 0);
  return { ask: async (request) => [thread.run(request)], stop: async () => {} };
}

async function startCrew(plan: SearchPlan, memory: WebAssembly.Memory): Promise<Crew> {
  const module = kernelModule('search');
  let waiting:
    | { replies: SearchReply[]; resolve(r: SearchReply[]): void; reject(e: Error): void }
    | undefined;
  let failure: MdfeError | undefined;
  const team = await Team.start(
    plan.scratch.map((_, thread) => ({
      file: 'kernel-search.worker.mjs',
      data: { module, memory, plan, thread } satisfies SearchWorkerData,
    })),
    (_from, message) => {
      waiting?.replies.push(message as SearchReply);
      if (waiting?.replies.length === plan.threads) waiting.resolve(waiting.replies);
    },
    (error) => {
      failure = error;
      waiting?.reject(error);
    },
  );
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting = { replies: [], resolve, reject };
        for (let i = 0; i < team.size; i++) team.post(i, request);
      }),
    stop: () => team.stop(),
  };
}

function check({ queries, index, dim, k }: SearchOptions): void {
  if (!Number.isInteger(dim) || dim < 1) throw internalError(`a search in ${dim} dimensions`);
  if (!Number.isInteger(k) || k < 1) throw internalError(`a search for ${k} neighbours`);
  if (queries.length % dim !== 0 || index.length % dim !== 0)
    throw internalError(`${queries.length} and ${index.length} numbers are no vectors of ${dim}`);
}

function outOfRange(request: SearchRequest): MdfeError {
  return new MdfeError({
    code: 'search/out-of-range',
    what: 'embeddings to compare are not finite, or far too large',
    where: request.type === 'queries' ? 'queries' : `index rows from ${request.prepare?.first} on`,
    expected: 'finite numbers, vectors shorter than 1e15',
    todo: 'embed the images again with a checkpoint from before the loss became NaN',
  });
}
