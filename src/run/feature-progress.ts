import { grouped } from '../common/counted.ts';
import type { FeaturesEvent } from './events.ts';

type Counts = Pick<FeaturesEvent, 'done' | 'total' | 'reused'>;

/** How much of the computing is done: what the store held already is no part of it. */
export function computedFeatures({ done, total, reused }: Counts): { done: number; total: number } {
  return { done: done - reused, total: total - reused };
}

/** `all 400 from the store`, `3 of 20 computed, 380 from the store`, `3 of 400 computed`. */
export function describeFeatures(counts: Counts): string {
  const { done, total } = computedFeatures(counts);
  if (total === 0) return `all ${grouped(counts.total)} from the store`;
  const stored = counts.reused > 0 ? `, ${grouped(counts.reused)} from the store` : '';
  return `${grouped(done)} of ${grouped(total)} computed${stored}`;
}
