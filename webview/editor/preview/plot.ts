import {
  Chart,
  type ChartDataset,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type TooltipItem,
} from 'chart.js';
import type { Point } from '../../../src/language/preview/types.ts';
import { axisStyle, drawPlace, FAST } from '../../shared/chart-style.ts';
import { make, setText } from '../../shared/dom.ts';
import { readTheme, type Theme, withAlpha } from '../../shared/theme.ts';
import { binAt, binsOf, stairs } from './bins.ts';
import type { Line, PlotContents, PlotOptions } from './plot-contents.ts';
import { ValuesTable, valuesOf } from './values-table.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Filler);

/** A chart with its title, legend, note and values; those under the pointer stand beside it. */
export class Plot {
  readonly element: HTMLElement;
  private readonly legend = make('div', { class: 'plot-legend' });
  private readonly note = make('p', { class: 'description' });
  private readonly values: ValuesTable;
  private readonly canvas = make('canvas', { role: 'img' }) as HTMLCanvasElement;
  private readonly chart: Chart<'line', Point[]>;
  private readonly options: PlotOptions;
  private contents: PlotContents | undefined;

  constructor(title: string, options: PlotOptions) {
    this.options = options;
    this.values = new ValuesTable(title);
    this.element = make(
      'section',
      { class: 'plot' },
      make('h3', {}, title),
      this.legend,
      make('div', { class: 'plot-canvas' }, this.canvas),
      this.note,
      this.values.element,
    );
    this.chart = new Chart(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        ...FAST,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {},
      },
      plugins: [{ id: 'marker', afterDatasetsDraw: () => this.drawMarker() }],
    });
  }

  show(contents: PlotContents): void {
    this.contents = contents;
    this.canvas.setAttribute('aria-label', contents.summary);
    setText(this.note, contents.note);
    this.values.show(() => valuesOf(contents, this.options));
    this.draw();
  }

  draw(): void {
    if (!this.contents) return;
    const { lines } = this.contents;
    const theme = readTheme();
    this.legend.replaceChildren(...lines.map((line) => legendItem(line, theme)));
    this.chart.options.scales = this.scales(this.contents, theme);
    this.chart.options.plugins = { tooltip: this.tooltip(theme) };
    this.chart.data.datasets = lines.map((line) => dataset(line, theme));
    this.chart.update('none');
  }

  private scales({ lines, xTitle, yTitle, levelsTitle }: PlotContents, theme: Theme) {
    const { formatX, formatY, beginAtZero, wholeX } = this.options;
    const style = axisStyle(theme);
    const all = lines.flatMap((line) => drawnPoints(line).map(({ x }) => x));
    const hasLevels = lines.some(({ levels }) => levels);
    const [from, to] = [Math.min(...all), Math.max(...all)];
    const title = (text: string) => ({ display: true, text, color: theme.muted, font: style.ticks.font });
    const y = { ...style, type: 'linear' as const };
    return {
      x: {
        ...style,
        type: 'linear' as const,
        min: from,
        max: from === to ? from + 1 : to,
        title: title(xTitle),
        ticks: {
          ...style.ticks,
          ...(wholeX && { precision: 0, includeBounds: !hasLevels }), // stairs end between two numbers
          callback: (value: string | number) => formatX(Number(value)),
        },
      },
      y: {
        ...y,
        beginAtZero: beginAtZero === true,
        title: title(yTitle),
        ticks: { ...style.ticks, maxTicksLimit: 6, callback: (v: string | number) => formatY(Number(v)) },
      },
      ...(levelsTitle !== undefined && {
        levels: {
          ...y,
          position: 'right' as const,
          beginAtZero: true,
          grid: { display: false },
          title: title(levelsTitle),
          ticks: { ...style.ticks, maxTicksLimit: 4, precision: 0 },
        },
      }),
    };
  }

  private tooltip(theme: Theme) {
    const { formatX, formatY } = this.options;
    return {
      backgroundColor: theme.background,
      borderColor: theme.border,
      borderWidth: 1,
      titleColor: theme.foreground,
      bodyColor: theme.foreground,
      titleFont: { family: theme.font, size: 11 },
      bodyFont: { family: theme.font, size: 11 },
      callbacks: {
        title: ([item]: TooltipItem<'line'>[]) =>
          `${this.contents?.xTitle}: ${formatX(item?.parsed.x ?? Number.NaN)}`,
        label: ({ dataset: { label }, datasetIndex, dataIndex, parsed }: TooltipItem<'line'>) => {
          const line = this.contents?.lines[datasetIndex];
          const bin = line?.levels && binAt(binsOf(line.points), dataIndex);
          const which = bin && bin.from < bin.to ? ` of ${formatX(bin.from)} to ${formatX(bin.to)}` : '';
          return `${label}${which}: ${formatY(parsed.y ?? Number.NaN)}`;
        },
      },
    };
  }

  private drawMarker(): void {
    const at = this.contents?.at;
    if (!at) return;
    const { ctx, chartArea: area } = this.chart;
    const theme = readTheme();
    const x = drawPlace(this.chart, at.x, theme);
    ctx.save();
    ctx.fillStyle = theme.muted;
    ctx.font = `11px ${theme.font}`;
    const isRight = x > (area.left + area.right) / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText(at.label, x + (isRight ? -5 : 5), area.bottom - 6);
    ctx.restore();
  }
}

function drawnPoints({ points, levels }: Line): readonly Point[] {
  return levels ? stairs(binsOf(points)) : points;
}

function dataset(line: Line, theme: Theme): ChartDataset<'line', Point[]> {
  const { label, color, points, dash, marks, levels } = line;
  const stroke = theme.series[color];
  return {
    label,
    data: [...drawnPoints(line)],
    borderColor: levels ? withAlpha(stroke, 0.6) : stroke,
    borderWidth: levels ? 1 : 2,
    borderDash: [...(dash ?? [])],
    borderJoinStyle: 'round',
    showLine: !marks,
    pointRadius: marks ? 4 : points.length === 1 ? 3 : 0,
    pointHoverRadius: 4,
    pointBackgroundColor: marks ? theme.background : stroke,
    pointBorderColor: stroke,
    pointBorderWidth: marks ? 2 : 1,
    stepped: levels ? 'middle' : false,
    fill: levels ? 'origin' : false,
    backgroundColor: withAlpha(stroke, 0.18),
    yAxisID: levels ? 'levels' : 'y',
    clip: marks ? false : 0,
    order: marks ? 0 : levels ? 2 : 1,
  };
}

function legendItem({ label, color, dash, marks }: Line, theme: Theme): HTMLElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', '22');
  svg.setAttribute('height', '10');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(svg.namespaceURI, marks ? 'circle' : 'path');
  const attributes = marks
    ? { cx: '11', cy: '5', r: '3.5' }
    : { d: 'M0 5H22', 'stroke-dasharray': (dash ?? []).join(' ') };
  for (const [name, value] of Object.entries({
    ...attributes,
    fill: 'none',
    'stroke-width': '2',
    stroke: theme.series[color],
  }))
    shape.setAttribute(name, value);
  svg.append(shape);
  return make('span', {}, svg, label);
}
