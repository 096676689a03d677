import { counted } from '../common/counted.ts';
import type { ImageList } from '../data/image-list.ts';

/** Images to score retrieval with: queries, and the index that they are looked up in. */
export interface RetrievalSet extends ImageList {
  /** [length] class, from 0 */
  readonly labels: Int32Array;
  /** Names of the classes by label, as the annotation writes them. */
  readonly classNames: readonly string[];
  /** [length] 1 for a query, 0 for an image of the index */
  readonly isQuery: Uint8Array;
  /** Names of the domains; none where the set does not tell them apart. */
  readonly domains: readonly string[];
  /** [length] entry of `domains`; all 0 without domains */
  readonly domainOf: Int32Array;
  /** What it is, in words. */
  readonly title: string;
  /** Worth saying once: lines left out, images left out of the training. */
  readonly notes: readonly string[];
}

export function countQueries({ isQuery }: RetrievalSet): number {
  return isQuery.reduce((n, query) => n + query, 0);
}

/** `912 queries, 4,310 index images` */
export function describeSize(set: RetrievalSet): string {
  const queries = countQueries(set);
  return `${counted(queries, 'query')}, ${counted(set.length - queries, 'index image')}`;
}
