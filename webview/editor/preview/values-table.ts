import { make } from '../../shared/dom.ts';
import { binsOf } from './bins.ts';
import type { Line, PlotContents, PlotOptions } from './plot-contents.ts';

/** Rows of a table, about. */
const ROWS = 12;

/** A chart's numbers as text, for whoever has no pointer or sees no picture. */
export interface Values {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The curves at round places, or over the steps of a staircase. */
export function valuesOf(contents: PlotContents, { formatX, formatY }: PlotOptions): Values {
  const { lines, xTitle } = contents;
  const curves = lines.filter(({ marks, levels }) => !marks && !levels);
  const levels = lines.find((line) => line.levels);
  const head = [xTitle, ...curves.map(({ label }) => label), ...(levels ? [contents.levelsTitle ?? ''] : [])];
  if (!levels)
    return { head, rows: places(contents).map((x) => [formatX(x), ...curves.map((c) => formatY(at(c, x)))]) };
  const rows = binsOf(levels.points).map(({ from, to, count }) => {
    const ends = [from, to];
    const range = (format: (end: number) => string) => [...new Set(ends.map(format))].join(' to ');
    return [
      range(formatX),
      ...curves.map((curve) => range((end) => formatY(at(curve, end)))),
      formatX(count),
    ];
  });
  return { head, rows };
}

/** Both ends, multiples of a round step between them, and the place with a name. */
function places({ lines, at: named }: PlotContents): number[] {
  const all = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const step = roundStep((to - from) / ROWS);
  const between = [];
  for (let i = Math.ceil(from / step); i * step < to; i++) between.push(i * step);
  return [...new Set([from, ...between, ...(named ? [named.x] : []), to])].sort((a, b) => a - b);
}

/** The next 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((n) => n * power >= least) ?? 10);
}

/** The curve as it is drawn: straight between its points, level beyond them. */
function at({ points }: Line, x: number): number {
  const next = points.findIndex((point) => point.x >= x);
  const b = points.at(next)!; // the last one where none comes after x
  const a = points[next - 1];
  if (next < 0 || !a || b.x === a.x) return b.y;
  return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
}

/** The values behind a word that opens them. */
export class ValuesTable {
  private readonly table = make('table', { class: 'parts values' });
  readonly element: HTMLElement;
  private values: () => Values = () => ({ head: [], rows: [] });

  /** @param title of the chart */
  constructor(title: string) {
    const summary = make('summary', { 'aria-label': `Values of ${title}` }, 'Values');
    this.element = make('details', {}, summary, this.table);
    this.element.addEventListener('toggle', () => this.fill());
  }

  /** @param values asked for where they are seen */
  show(values: () => Values): void {
    this.values = values;
    this.fill();
  }

  private fill(): void {
    if (!this.element.hasAttribute('open')) return;
    const { head, rows } = this.values();
    this.table.replaceChildren(
      make('thead', {}, make('tr', {}, ...head.map((text) => make('th', { scope: 'col' }, text)))),
      make(
        'tbody',
        {},
        ...rows.map(([first = '', ...others]) =>
          make('tr', {}, make('th', { scope: 'row' }, first), ...others.map((text) => make('td', {}, text))),
        ),
      ),
    );
  }
}
