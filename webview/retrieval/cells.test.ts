import { describe, expect, it } from 'vitest';
import { type Cell, moveCell } from './cells.ts';

const size = { rows: 10, columns: (row: number) => (row === 3 ? 2 : 6), page: 4 };
const from = (row: number, column: number, key: string, ctrl = false): Cell | undefined =>
  moveCell({ row, column }, key, ctrl, size);

describe('moveCell', () => {
  it('moves by one within the grid', () => {
    expect(from(0, 0, 'ArrowRight')).toEqual({ row: 0, column: 1 });
    expect(from(0, 0, 'ArrowLeft')).toEqual({ row: 0, column: 0 });
    expect(from(0, 5, 'ArrowRight')).toEqual({ row: 0, column: 5 });
    expect(from(9, 2, 'ArrowDown')).toEqual({ row: 9, column: 2 });
  });

  it('stays within a row that has fewer images', () => {
    expect(from(2, 5, 'ArrowDown')).toEqual({ row: 3, column: 1 });
  });

  it('knows pages, and the ends of a row and of the grid', () => {
    expect(from(1, 4, 'PageDown')).toEqual({ row: 5, column: 4 });
    expect(from(1, 4, 'PageUp')).toEqual({ row: 0, column: 4 });
    expect(from(1, 2, 'End')).toEqual({ row: 1, column: 5 });
    expect(from(4, 2, 'Home', true)).toEqual({ row: 0, column: 0 });
    expect(from(4, 2, 'End', true)).toEqual({ row: 9, column: 5 });
  });

  it('leaves other keys and an empty grid alone', () => {
    expect(from(1, 1, 'a')).toBeUndefined();
    expect(moveCell({ row: 0, column: 0 }, 'ArrowDown', false, { ...size, rows: 0 })).toBeUndefined();
  });
});
