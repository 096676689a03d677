import type { RetrievalMetric } from '../config/names.ts';

/** Where the index images of a query's class stand in the ranking of the whole index. */
export interface RelevantRanks {
  /** Ranks from 1, rising. Complete up to the depth that the metrics ask for: max(10, relevant). */
  readonly ranks: ArrayLike<number>;
  /** Index images of the query's class, at least 1. */
  readonly relevant: number;
}

/** Each metric for one query; the score of a set of queries is the mean. */
export const METRICS: { readonly [M in RetrievalMetric]: (query: RelevantRanks) => number } = {
  'mMP@5': modifiedPrecision,
  'P@1': (query) => hitWithin(query, 1),
  'recall@5': (query) => hitWithin(query, 5),
  'recall@10': (query) => hitWithin(query, 10),
  'mAP@R': averagePrecisionAtR,
};

/** Neighbours that the metrics need for a query with `relevant` index images of its class. */
export function neededDepth(relevant: number): number {
  return Math.max(10, relevant);
}

/**
 * The Google Universal Image Embedding Challenge's modified precision: among the min(n, 5) nearest, the share that is
 * relevant, where n is the number of relevant images.
 */
function modifiedPrecision({ ranks, relevant }: RelevantRanks): number {
  const depth = Math.min(relevant, 5);
  return countWithin(ranks, depth) / depth;
}

/** Recall@k of the metric learning literature (Jégou, Douze, Schmid, 2011): 1 if any of the k nearest is relevant. */
function hitWithin({ ranks }: RelevantRanks, k: number): number {
  return ranks.length > 0 && ranks[0]! <= k ? 1 : 0;
}

/** Musgrave, Belongie, Lim: A Metric Learning Reality Check (arXiv 2003.08505), section 3.2, with R = `relevant`. */
function averagePrecisionAtR({ ranks, relevant }: RelevantRanks): number {
  let sum = 0;
  for (let i = 0; i < ranks.length && ranks[i]! <= relevant; i++) sum += (i + 1) / ranks[i]!;
  return sum / relevant;
}

function countWithin(ranks: ArrayLike<number>, depth: number): number {
  let count = 0;
  while (count < ranks.length && ranks[count]! <= depth) count++;
  return count;
}
