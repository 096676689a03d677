import { describe, expect, it } from 'vitest';
import type { Line, PlotContents } from './plot-contents.ts';
import { valuesOf } from './values-table.ts';

const plain = { formatX: String, formatY: (y: number) => String(Number(y.toFixed(6))) };
const contents = (lines: readonly Line[], more: Partial<PlotContents> = {}): PlotContents => ({
  lines,
  xTitle: 'x',
  yTitle: 'y',
  summary: '',
  note: '',
  ...more,
});
const rise: Line = { label: 'rise', color: 'blue', points: [0, 10].map((x) => ({ x, y: 2 * x })) };

describe('values of a chart', () => {
  it('are those of the drawn curves at round places, its ends and the place with a name', () => {
    const fall: Line = {
      ...rise,
      label: 'fall',
      points: [0, 4, 10].map((x) => ({ x, y: 4 - Math.min(x, 4) })),
    };
    const checkpoints: Line = { ...rise, label: 'checkpoint', marks: true };
    const { head, rows } = valuesOf(
      contents([rise, fall, checkpoints], { at: { x: 2.5, label: 'end of the warm-up' } }),
      plain,
    );
    expect(head).toEqual(['x', 'rise', 'fall']);
    expect(rows.map(([x]) => x)).toEqual(['0', '1', '2', '2.5', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(rows[3]).toEqual(['2.5', '5', '1.5']);
    expect(rows.at(-1)).toEqual(['10', '20', '0']);
  });
  it('follow the steps of a staircase', () => {
    const classes: Line = {
      ...rise,
      label: 'classes',
      levels: true,
      points: [
        { x: 2, y: 7 },
        { x: 4, y: 1 },
        { x: 6, y: 0 },
      ],
    };
    expect(valuesOf(contents([rise, classes], { levelsTitle: 'classes' }), plain)).toEqual({
      head: ['x', 'rise', 'classes'],
      rows: [
        ['2 to 3', '4 to 6', '7'],
        ['4 to 5', '8 to 10', '1'],
      ],
    });
  });
  it('of a single point are one row', () => {
    const point: Line = { ...rise, points: [{ x: 3, y: 1 }] };
    expect(valuesOf(contents([point]), plain).rows).toEqual([['3', '1']]);
  });
});
