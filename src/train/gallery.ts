import { METRICS } from '../eval/metrics.ts';
import type { RetrievalSet } from '../eval/retrieval-set.ts';
import type { RankedQuery } from '../eval/score.ts';
import type { HeldOutScorer } from './held-out-scorer.ts';
import type { Neighbour } from './neighbours.ts';

/** One query with its nearest index images: what a gallery shows. */
export interface GalleryEntry {
  /** Relative to the data root. */
  readonly query: string;
  /** Class, as the annotation names it. */
  readonly label: string;
  /** Null where the set has no domains. */
  readonly domain: string | null;
  /** Index images of its class. */
  readonly relevant: number;
  /** mMP@5 of this query; null where it does not count. */
  readonly score: number | null;
  /** Nearest first, at most 5. */
  readonly neighbours: readonly Neighbour[];
}

const SHOWN = 5;

/** Collects the queries of one scoring. */
export class Gallery {
  private readonly entries: GalleryEntry[] = [];
  private readonly set: RetrievalSet;
  private readonly scorer: HeldOutScorer;

  constructor(set: RetrievalSet, scorer: HeldOutScorer) {
    this.set = set;
    this.scorer = scorer;
  }

  add(query: RankedQuery, row: number): void {
    const { set, scorer } = this;
    const image = scorer.queryImage(row);
    const neighbours: Neighbour[] = [];
    for (let i = 0; i < SHOWN && (query.neighbours[i] ?? -1) >= 0; i++) {
      const found = scorer.indexImage(query.neighbours[i]!);
      const label = set.classNames[set.labels[found]!]!;
      const right = set.labels[found] === set.labels[image];
      neighbours.push({ image: set.image(found), label, distance: query.distances[i]!, right });
    }
    this.entries.push({
      query: set.image(image),
      label: set.classNames[set.labels[image]!]!,
      domain: set.domains[set.domainOf[image]!] ?? null,
      relevant: query.relevant,
      score: query.relevant === 0 ? null : METRICS['mMP@5'](query),
      neighbours,
    });
  }

  /** The worst queries first; those that do not count last. */
  worstFirst(): readonly GalleryEntry[] {
    const key = ({ score }: GalleryEntry) => score ?? Number.POSITIVE_INFINITY;
    return this.entries.toSorted((a, b) => key(a) - key(b));
  }
}
