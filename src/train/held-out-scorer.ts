import type { DistanceName } from '../config/names.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import { type RetrievalScores, type ScoreOptions, scoreRetrieval } from '../eval/score.ts';
import type { FeatureStore } from '../features/store.ts';

/** [B, width] features -> [B, D] embeddings */
export type Embed = (features: Float32Array) => Float32Array | Promise<Float32Array>;

/** Rows that pass through the neck at once. */
const BATCH = 512;

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
    const { set, queries, index, kept, metric } = this;
    const labels = (rows: Int32Array) => rows.map((row) => set.labels[kept[row]!]!);
    return scoreRetrieval(
      {
        queries: await this.embedRows(queries, embed, dim, options.signal),
        index: await this.embedRows(index, embed, dim, options.signal),
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

  close(): Promise<void> {
    return this.store.close();
  }

  private async embedRows(
    rows: Int32Array,
    embed: Embed,
    dim: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const embeddings = new Float32Array(rows.length * dim);
    const features = new Float32Array(BATCH * this.store.width);
    for (let from = 0; from < rows.length; from += BATCH) {
      signal?.throwIfAborted();
      const batch = rows.subarray(from, from + BATCH);
      const used = features.subarray(0, batch.length * this.store.width);
      await this.store.gather(batch, 0, used);
      embeddings.set(await embed(used), from * dim);
    }
    return embeddings;
  }
}
