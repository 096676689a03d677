import { describe, expect, it } from 'vitest';
import { scrollToShow, visibleRows } from './virtual-list.ts';

describe('visibleRows', () => {
  it('counts rows that are seen in part', () => {
    expect(visibleRows(0, 500, 200, 1000, 0)).toEqual({ first: 0, end: 3 });
    expect(visibleRows(199, 500, 200, 1000, 0)).toEqual({ first: 0, end: 4 });
    expect(visibleRows(200, 400, 200, 1000, 0)).toEqual({ first: 1, end: 3 });
  });

  it('adds rows on either side within the list', () => {
    expect(visibleRows(1000, 400, 200, 1000, 2)).toEqual({ first: 3, end: 9 });
    expect(visibleRows(0, 400, 200, 3, 2)).toEqual({ first: 0, end: 3 });
  });

  it('stays within a list that became shorter than its scroll position', () => {
    expect(visibleRows(50_000, 400, 200, 10, 2)).toEqual({ first: 10, end: 10 });
    expect(visibleRows(0, 400, 200, 0, 2)).toEqual({ first: 0, end: 0 });
  });

  it('keeps few rows of very many', () => {
    const { first, end } = visibleRows(19_999_000, 900, 200, 100_000, 2);
    expect(end - first).toBeLessThan(12);
    expect(end).toBe(100_000);
  });
});

describe('scrollToShow', () => {
  it('scrolls no further than needed', () => {
    expect(scrollToShow(2, 0, 700, 200)).toBe(0); // seen already
    expect(scrollToShow(5, 0, 700, 200)).toBe(500); // its end at the lower edge
    expect(scrollToShow(1, 900, 700, 200)).toBe(200); // its top at the upper edge
  });

  it('shows the top of a row that is higher than the list', () => {
    expect(scrollToShow(4, 0, 150, 200)).toBe(800);
  });
});
