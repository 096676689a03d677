import type { GalleryOrder, GalleryRow, GalleryView } from '../../src/run/retrieval-messages.ts';
import type { ShownGallery } from './state.ts';

export const defaultView: GalleryView = {
  domain: null,
  text: '',
  mistakes: false,
  order: 'worst',
  size: 'medium',
};

/**
 * Numbers of the rows that a view shows, in its order; equal ones stay in the evaluation's order.
 *
 * @param gallery its rows, with the paths and class names that they refer to by number
 */
export function arrange(
  { rows, images, classes }: Pick<ShownGallery, 'rows' | 'images' | 'classes'>,
  { domain, text, mistakes, order }: GalleryView,
): number[] {
  const part = text.trim().toLowerCase();
  const named = ({ query, label }: GalleryRow) => [images[query]!, label === null ? '' : classes[label]!];
  const shown: number[] = [];
  for (const [i, row] of rows.entries()) {
    if (domain !== null && row.domain !== domain) continue;
    if (mistakes && (row.score === null || row.score >= 1)) continue;
    if (part !== '' && !named(row).some((name) => name.toLowerCase().includes(part))) continue;
    shown.push(i);
  }
  if (order === 'name')
    return shown.sort((a, b) => compare(images[rows[a]!.query]!, images[rows[b]!.query]!));
  const key = keys[order];
  const values = new Map(shown.map((i) => [i, key(rows[i]!)]));
  return shown.sort((a, b) => byValue(values.get(a)!, values.get(b)!) || a - b);
}

/** What is sorted by, ascending. Queries that do not count come last. */
const keys: Readonly<Record<Exclude<GalleryOrder, 'name'>, (row: GalleryRow) => number>> = {
  worst: ({ score }) => score ?? Number.POSITIVE_INFINITY,
  best: ({ score }) => (score === null ? Number.POSITIVE_INFINITY : -score),
  /** Wrong at the first place, and near: the embedding is sure of its mistake, or the label is wrong. */
  surest: ({ score, found: [nearest] }) =>
    score !== null && nearest?.right === false ? nearest.distance : Number.POSITIVE_INFINITY,
};

function byValue(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const { compare } = new Intl.Collator('en', { numeric: true });
