import type { DistanceName } from '../config/names.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import { type RetrievalScores, type ScoreOptions, scoreRetrieval } from '../eval/score.ts';
import type { FeatureStore } from '../features/store.ts';
import { type Embed, embedRows } from './embed-rows.ts';

/** Scores a neck on stored features of a retrieval set. Holds the embeddings of one scoring at a time. */
export class HeldOutScorer {
  private readonly set: RetrievalSet;
  private readonly store: FeatureStore;
  private readonly metric: DistanceName;
  private readonly queries: Int32Array;
  private readonly index: Int32Array;
  private readonly kept: Int32Array;

  /** @param kept image of the set of each row of the store */
  constructor(set: RetrievalSet, store: FeatureStore, kept: Int32Array, metric: DistanceName) {
    this.set = set;
    this.store = store;
    this.metric = metric;
    this.kept = kept;
    const rows = kept.map((_, row) => row);
    this.queries = rows.filter((row) => set.isQuery[kept[row]!] === 1);
    this.index = rows.filter((row) => set.isQuery[kept[row]!] === 0);
  }

  /** @param dim numbers that `embed` gives for one image */
  async score(embed: Embed, dim: number, options: ScoreOptions = {}): Promise<RetrievalScores> {
    const { set, store, queries, index, kept, metric } = this;
    const { signal } = options;
    const labels = (rows: Int32Array) => rows.map((row) => set.labels[kept[row]!]!);
    return scoreRetrieval(
      {
        queries: await embedRows(store, queries, embed, dim, signal),
        index: await embedRows(store, index, embed, dim, signal),
        dim,
        queryLabels: labels(queries),
        indexLabels: labels(index),
        queryDomains: queries.map((row) => set.domainOf[kept[row]!]!),
        domains: set.domains,
        metric,
      },
      options,
    );
  }

  /** Image of the set that a row of the queries is. */
  queryImage(row: number): number {
    return this.kept[this.queries[row]!]!;
  }

  /** Image of the set that a row of the index is. */
  indexImage(row: number): number {
    return this.kept[this.index[row]!]!;
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
