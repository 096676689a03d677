import { describe, expect, it } from 'vitest';
import { HIGHEST, ScrollScale } from './scroll-scale.ts';

const ROW = 202; // pixels
const VIEW = 700;
const ROWS = 1_000_000;
const END = ROWS * ROW - VIEW;
const large = () => new ScrollScale(ROWS * ROW, VIEW);

describe('ScrollScale', () => {
  it('is the scrollbar itself where the list fits', () => {
    const list = new ScrollScale(30_000 * ROW, VIEW);
    expect(list.height).toBe(30_000 * ROW);
    for (const top of [10, 100_000, 3]) {
      list.moved(top);
      expect([list.position, list.shift, list.stuck]).toEqual([top, 0, false]);
    }
    expect(new ScrollScale(100, VIEW).height).toBe(100);
  });

  it('spans a list of any height', () => {
    const list = large();
    expect(list.height).toBe(HIGHEST);
    list.moved(HIGHEST - VIEW);
    expect(list.position).toBeCloseTo(END, 3);
    list.moved((HIGHEST - VIEW) / 2);
    expect(list.position).toBeCloseTo(END / 2, 3);
    list.moved(0);
    expect(list.position).toBe(0);
  });

  it('moves pixel by pixel however large the list', () => {
    const list = large();
    list.moved(4_000_000);
    const before = list.position;
    list.moved(4_000_100);
    list.moved(4_000_040);
    expect(list.position - before).toBeCloseTo(40, 6);
  });

  it('shows every row, with its place in the element inside of it', () => {
    const list = large();
    for (let row = 0; row < ROWS; row += 997) {
      list.goTo(row * ROW);
      expect(list.position).toBeCloseTo(Math.min(END, row * ROW), 6);
      const place = row * ROW - list.shift;
      expect(place).toBeGreaterThanOrEqual(list.scrollTop - 1e-6);
      expect(place + ROW).toBeLessThanOrEqual(list.height + 1e-6);
    }
  });

  it('settles without moving the list', () => {
    const list = large();
    list.goTo(50_000_000);
    for (let i = 0; i < 50; i++) list.moved(list.scrollTop + 100);
    const { position, scrollTop } = list;
    list.settle();
    expect(list.position).toBe(position);
    expect(list.scrollTop).not.toBe(scrollTop);
    list.moved(list.scrollTop); // the event that this causes
    expect(list.position).toBe(position);
  });

  it('reaches both ends in small steps', () => {
    const list = large();
    const scroll = (by: number, times: number) => {
      for (let i = 0; i < times; i++) {
        list.moved(Math.min(HIGHEST - VIEW, Math.max(0, list.scrollTop + by)));
        if (list.stuck) list.settle();
      }
    };
    list.goTo(200_000);
    scroll(-100, 2_100);
    expect(list.position).toBe(0);
    list.goTo(END - 200_000);
    scroll(100, 2_100);
    expect(list.position).toBe(END);
    expect(list.stuck).toBe(false);
  });
});
