import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import { axisStyle, FAST } from '../shared/chart-style.ts';
import { readTheme, type Theme, withAlpha } from '../shared/theme.ts';
import { decimate, type Point } from './decimate.ts';
import { type Box, DragZoom } from './drag-zoom.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

const DOTS = 60; // more points than that are a line

/** A curve over steps (entry i at step i + 1), or single points. */
export interface Curve {
  readonly name: string;
  readonly color: keyof Theme['series'];
  readonly values?: ArrayLike<number>;
  readonly points?: readonly Point[];
  /** Drawn thin and pale, behind the others. */
  readonly faint?: boolean;
  readonly dashed?: boolean;
  /** Marks single points, where there are few. */
  readonly dots?: boolean;
}

export interface LineChartOptions {
  readonly beginAtZero?: boolean;
  /** Where the axis of steps begins; 1 by default. */
  readonly firstStep?: number;
  readonly formatY: (value: number) => string;
  /** The step under the pointer, or null when it left. */
  readonly onHover: (step: number | null) => void;
  readonly onZoom?: (zoomed: boolean) => void;
}

/** Lines over steps that stay fast: only what a pixel can show is handed to chart.js. */
export class LineChart {
  private readonly chart: Chart<'line', Point[]>;
  private curves: readonly Curve[] = [];
  private readonly first: number;
  private last: number;
  private box: Box | null = null;
  private logarithmic = false;
  private readonly options: LineChartOptions;

  constructor(canvas: HTMLCanvasElement, options: LineChartOptions) {
    this.options = options;
    this.first = this.last = options.firstStep ?? 1;
    const zoom = new DragZoom(canvas, {
      zoom: (box) => this.zoomTo(box),
      hover: (step) => options.onHover(step),
      range: () => [this.first, this.last],
      redraw: () => this.chart.draw(),
    });
    this.chart = new Chart(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        ...FAST,
        events: [], // pointers are DragZoom's
        onResize: () => queueMicrotask(() => this.draw()),
        scales: {},
      },
      plugins: [zoom.plugin],
    });
    zoom.attach(this.chart);
    this.applyTheme();
  }

  setCurves(curves: readonly Curve[], lastStep: number): void {
    this.curves = curves;
    this.last = Math.max(this.first, lastStep);
    this.draw();
  }

  setLogarithmic(logarithmic: boolean): void {
    if (logarithmic === this.logarithmic) return;
    this.logarithmic = logarithmic;
    this.applyTheme();
  }

  resetZoom(): void {
    this.zoomTo(null);
  }

  applyTheme(): void {
    const theme = readTheme();
    const scale = axisStyle(theme);
    const { formatY, beginAtZero } = this.options;
    this.chart.options.scales = {
      x: {
        ...scale,
        type: 'linear',
        title: {
          display: true,
          text: 'step',
          align: 'end',
          padding: 0,
          color: theme.muted,
          font: scale.ticks.font,
        },
        ticks: {
          ...scale.ticks,
          autoSkipPadding: 30,
          includeBounds: false,
          callback: (value) => (Number.isInteger(value) ? Number(value).toLocaleString('en') : null),
        },
      },
      y: {
        ...scale,
        type: this.logarithmic ? 'logarithmic' : 'linear',
        beginAtZero: !this.logarithmic && beginAtZero === true,
        ticks: {
          ...scale.ticks,
          includeBounds: false,
          maxTicksLimit: 7,
          callback: (value) => formatY(Number(value)),
        },
      },
    } as NonNullable<typeof this.chart.options.scales>;
    this.draw();
  }

  private zoomTo(box: Box | null): void {
    this.box = box;
    this.options.onZoom?.(box !== null);
    this.draw();
  }

  private draw(): void {
    const theme = readTheme();
    const [from, to] = this.box?.x ?? [this.first, this.last];
    const x = this.chart.options.scales!.x!;
    const y = this.chart.options.scales!.y!;
    x.min = from;
    x.max = Math.max(to, from + 1);
    if (this.box?.y) [y.min, y.max] = this.box.y;
    else {
      delete y.min;
      delete y.max;
    }
    const columns = Math.max(50, Math.round(this.chart.width));
    this.chart.data.datasets = this.curves.map((curve) => this.dataset(curve, theme, from, to, columns));
    this.chart.update('none');
  }

  private dataset(
    curve: Curve,
    theme: Theme,
    from: number,
    to: number,
    columns: number,
  ): ChartDataset<'line', Point[]> {
    const color = theme.series[curve.color];
    if (curve.points)
      return {
        data: [...curve.points],
        borderColor: color,
        borderWidth: 2,
        ...(curve.dashed && { borderDash: [6, 4] }),
        pointRadius: curve.dots && curve.points.length <= DOTS ? 3 : 0,
        clip: curve.dots ? 4 : 0, // pixels: dots at the borders stay whole
        pointBackgroundColor: color,
        order: 0,
      };
    return {
      data: decimate(curve.values ?? [], from, to, columns),
      borderColor: curve.faint ? withAlpha(color, 0.4) : color,
      borderWidth: curve.faint ? 1 : 2,
      ...(curve.dashed && { borderDash: [6, 4] }),
      borderJoinStyle: 'round',
      // A single value has no line yet: show it as a dot.
      pointRadius: (curve.values?.length ?? 0) === 1 ? 3 : 0,
      pointBackgroundColor: color,
      order: curve.faint ? 2 : 1,
    };
  }
}
