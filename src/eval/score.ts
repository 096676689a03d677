import { setImmediate as nextTurn } from 'node:timers/promises';
import { counted } from '../common/counted.ts';
import { internalError, MdfeError } from '../common/errors.ts';
import type { DistanceName } from '../config/names.ts';
import { searchTopK } from '../kernels/search.ts';
import { ClassRows } from './classes.ts';
import { memberRanks } from './member-ranks.ts';
import { neededDepth, type RelevantRanks } from './metrics.ts';
import { type Scores, Tally } from './tally.ts';

/** Queries that look for images of their own class in an index. */
export interface RetrievalTask {
  /** [queries, dim] */
  readonly queries: Float32Array;
  /** [rows, dim] */
  readonly index: Float32Array;
  readonly dim: number;
  /** [queries] class, from 0 */
  readonly queryLabels: Int32Array;
  /** [rows] class, from 0 */
  readonly indexLabels: Int32Array;
  /** [queries] entry of `domains`; absent when there are no domains. */
  readonly queryDomains?: Int32Array | undefined;
  readonly domains?: readonly string[] | undefined;
  readonly metric: DistanceName;
}

export interface RetrievalScores extends Scores {
  readonly indexImages: number;
  /** By domain of the query, in the order of the task's `domains`; every domain searches the whole index. */
  readonly domains: ReadonlyMap<string, Scores>;
}

/** One query with what it found. */
export interface RankedQuery extends RelevantRanks {
  /** Rows of the index, nearest first: at least 10, or all there are; -1: none. */
  readonly neighbours: Int32Array;
  /** Euclidean distance or 1 - cosine of each. */
  readonly distances: Float32Array;
}

export interface ScoreOptions {
  readonly threads?: number | undefined;
  /** Queries scored, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Is given every query, in order; `row` counts the queries. */
  readonly onQuery?: ((query: RankedQuery, row: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Neighbours that the fast search keeps; queries of larger classes are ranked against the index one by one. */
const MOST_NEIGHBOURS = 100;
/** Queries searched at a time: their neighbours take some megabytes. */
const BLOCK = 4096;

/**
 * Scores retrieval exactly, at any size of class, in memory that grows with queries and index, never with their
 * product.
 *
 * @throws MdfeError `eval/no-counted-query` when the index holds no image of any query's class
 * @throws the signal's reason when cancelled
 */
export async function scoreRetrieval(
  task: RetrievalTask,
  options: ScoreOptions = {},
): Promise<RetrievalScores> {
  const { queryLabels, queryDomains, domains = [], indexLabels, dim } = task;
  check(task);
  const classes = new ClassRows(indexLabels);
  const all = new Tally();
  const perDomain = domains.map(() => new Tally());
  for (let from = 0; from < queryLabels.length; from += BLOCK) {
    const labels = queryLabels.subarray(from, from + BLOCK);
    const queries = task.queries.subarray(from * dim, (from + labels.length) * dim);
    const ranks = rankBlock({ ...task, queries, queryLabels: labels }, classes, options);
    let q = from;
    for await (const query of ranks) {
      all.add(query);
      options.onQuery?.(query, q);
      if (queryDomains) perDomain[queryDomains[q]!]!.add(query);
      q++;
      options.onProgress?.(q, queryLabels.length);
    }
  }
  const scores = all.scores();
  if (scores.queries === 0) throw nothingCounts(scores.excluded);
  return {
    ...scores,
    indexImages: indexLabels.length,
    domains: new Map(domains.map((name, i) => [name, perDomain[i]!.scores()])),
  };
}

/** Where each query's class stands in its ranking, query by query. */
async function* rankBlock(
  { queries, index, dim, queryLabels, indexLabels, metric }: RetrievalTask,
  classes: ClassRows,
  { threads, signal }: ScoreOptions,
): AsyncGenerator<RankedQuery> {
  const largest = queryLabels.reduce((most, label) => Math.max(most, classes.of(label).length), 0);
  const k = Math.min(neededDepth(largest), MOST_NEIGHBOURS);
  const found = await searchTopK({ queries, index, dim, k, metric, threads, signal });
  let rested = performance.now();
  for (let q = 0; q < queryLabels.length; q++) {
    const label = queryLabels[q]!;
    const members = classes.of(label);
    const neighbours = found.indices.subarray(q * k, (q + 1) * k);
    const ranks =
      members.length <= k
        ? ranksAmong(neighbours, indexLabels, label)
        : memberRanks(queries.subarray(q * dim, (q + 1) * dim), index, members, metric);
    const distances = found.distances.subarray(q * k, (q + 1) * k);
    yield { ranks, relevant: members.length, neighbours, distances };
    if (performance.now() - rested < REST_MS) continue;
    await nextTurn();
    signal?.throwIfAborted();
    rested = performance.now();
  }
}

/** How long scoring may hold up timers and signals. */
const REST_MS = 40;

/** Ranks from 1 of the neighbours that are of a class. @param neighbours rows of the index, nearest first; -1: none */
function ranksAmong(neighbours: Int32Array, indexLabels: Int32Array, label: number): number[] {
  const ranks: number[] = [];
  neighbours.forEach((row, i) => {
    if (row >= 0 && indexLabels[row] === label) ranks.push(i + 1);
  });
  return ranks;
}

function check({ queries, index, dim, queryLabels, indexLabels, queryDomains }: RetrievalTask): void {
  if (queries.length !== queryLabels.length * dim || index.length !== indexLabels.length * dim)
    throw internalError(
      `${queries.length} and ${index.length} numbers for ${queryLabels.length} queries and ${indexLabels.length} rows of ${dim}`,
    );
  if (queryDomains && queryDomains.length !== queryLabels.length)
    throw internalError(`${queryDomains.length} domains for ${queryLabels.length} queries`);
}

function nothingCounts(queries: number): MdfeError {
  return new MdfeError({
    code: 'eval/no-counted-query',
    what: 'no query has an image of its class in the index, so there is nothing to score',
    expected: 'queries and index images of the same classes',
    got: `${counted(queries, 'query')}, all of classes without index images`,
    todo: 'correct the roles and labels of the evaluation set',
  });
}
