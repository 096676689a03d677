import { describe, expect, it } from 'vitest';
import type { GalleryRow, GalleryView } from '../../src/run/retrieval-messages.ts';
import { arrange, defaultView } from './arrange.ts';

const paths = ['food/Apple 10.jpg', 'food/apple 9.jpg', 'cars/bus.jpg', 'cars/apple-red car.jpg', 'x.jpg'];
const classes = ['apple', 'bus', 'pear'];
const row = (query: number, domain: string, score: number | null, right: boolean, distance: number) =>
  ({
    query,
    label: { 2: 1, 4: 2 }[query] ?? 0,
    domain,
    score,
    relevant: 1,
    found: [{ image: 4, label: 0, distance, right }],
  }) satisfies GalleryRow;
const rows = [
  row(0, 'food', 0.5, false, 2),
  row(1, 'food', 0, false, 1),
  row(2, 'cars', 1, true, 0.1),
  row(3, 'cars', null, false, 0.01),
  row(4, 'cars', 0.5, true, 9),
];
const shown = (view: Partial<GalleryView>) =>
  arrange({ rows, images: paths, classes }, { ...defaultView, ...view });

describe('arrange', () => {
  it('puts the worst first, equal ones in their order, those that do not count last', () => {
    expect(shown({})).toEqual([1, 0, 4, 2, 3]);
    expect(shown({ order: 'best' })).toEqual([2, 0, 4, 1, 3]);
  });

  it('puts near mistakes at the first place before far ones and before what is right', () => {
    expect(shown({ order: 'surest' })).toEqual([1, 0, 2, 3, 4]);
  });

  it('sorts file names with their numbers', () => {
    expect(shown({ order: 'name' }).map((i) => paths[i])).toEqual([
      'cars/apple-red car.jpg',
      'cars/bus.jpg',
      'food/apple 9.jpg',
      'food/Apple 10.jpg',
      'x.jpg',
    ]);
  });

  it('keeps a domain, a part of a name in any case, and queries with mistakes', () => {
    expect(shown({ domain: 'cars' })).toEqual([4, 2, 3]);
    expect(shown({ text: ' APPLE ' })).toEqual([1, 0, 3]);
    expect(shown({ mistakes: true })).toEqual([1, 0, 4]);
    expect(shown({ domain: 'food', text: '10', mistakes: true })).toEqual([0]);
    expect(shown({ domain: 'plants' })).toEqual([]);
    expect(shown({ text: 'bus' })).toEqual([2]); // its class too
  });

  it('takes a query whose index is empty', () => {
    const alone: GalleryRow = { query: 0, label: null, domain: null, score: null, relevant: 0, found: [] };
    for (const order of ['worst', 'best', 'surest', 'name'] as const)
      expect(arrange({ rows: [alone], images: paths, classes }, { ...defaultView, order })).toEqual([0]);
  });
});
