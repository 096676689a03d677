import { RETRIEVAL_METRICS, type RetrievalMetric } from '../config/names.ts';
import { METRICS, type RelevantRanks } from './metrics.ts';

/** The scores of a set of queries. */
export interface Scores {
  /** Means over the counted queries; NaN where there is none. */
  readonly metrics: Readonly<Record<RetrievalMetric, number>>;
  /** Queries that count. */
  readonly queries: number;
  /** Queries left out because the index holds no image of their class. */
  readonly excluded: number;
}

/** Collects queries one by one. */
export class Tally {
  private readonly sums = RETRIEVAL_METRICS.map(() => 0);
  private queries = 0;
  private excluded = 0;

  add(query: RelevantRanks): void {
    if (query.relevant === 0) {
      this.excluded++;
      return;
    }
    this.queries++;
    RETRIEVAL_METRICS.forEach((name, i) => {
      this.sums[i]! += METRICS[name](query);
    });
  }

  scores(): Scores {
    const { sums, queries, excluded } = this;
    const means = RETRIEVAL_METRICS.map((name, i) => [name, sums[i]! / queries] as const);
    return { metrics: Object.fromEntries(means) as Record<RetrievalMetric, number>, queries, excluded };
  }
}
