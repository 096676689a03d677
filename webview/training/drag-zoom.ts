import type { Chart, Plugin } from 'chart.js';
import { drawPlace } from '../shared/chart-style.ts';
import { readTheme, withAlpha } from '../shared/theme.ts';
import type { Point } from './decimate.ts';

export type Range = readonly [number, number];

/** What to show; without y the height follows the curve. */
export interface Box {
  readonly x: Range;
  readonly y?: Range;
}

interface Callbacks {
  readonly zoom: (box: Box | null) => void;
  readonly hover: (step: number | null) => void;
  /** All that can be shown. */
  readonly range: () => Range;
  readonly redraw: () => void;
}

const CLICK = 6; // pixels: less is a click, not a drag

/**
 * Zooms by dragging a box, by the wheel with Ctrl (a pinch on touchpads) and by the keyboard (+ - arrows 0), moves by
 * dragging with Shift, and goes back by a double click; shows a line at the step under the pointer.
 */
export class DragZoom {
  private chart: Chart<'line', Point[]> | undefined;
  private start: { x: number; y: number } | null = null;
  private now: { x: number; y: number } | null = null;
  /** Where a drag that moves the chart began, in pixels, and what was shown then. */
  private grabbed: { x: number; shown: Range } | null = null;
  private step: number | null = null;
  private readonly canvas: HTMLCanvasElement;
  private readonly callbacks: Callbacks;

  constructor(canvas: HTMLCanvasElement, callbacks: Callbacks) {
    this.canvas = canvas;
    this.callbacks = callbacks;
    canvas.addEventListener('pointerdown', (e) => this.down(e));
    canvas.addEventListener('pointermove', (e) => this.move(e));
    canvas.addEventListener('pointerup', (e) => this.up(e));
    canvas.addEventListener('pointercancel', () => this.cancel());
    canvas.addEventListener('pointerleave', () => this.hover(null));
    canvas.addEventListener('dblclick', () => callbacks.zoom(null));
    canvas.addEventListener('keydown', (e) => this.key(e));
    canvas.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
  }

  attach(chart: Chart<'line', Point[]>): void {
    this.chart = chart;
  }

  /** Draws the box and the line. */
  readonly plugin: Plugin<'line'> = {
    id: 'dragZoom',
    afterDraw: (chart) => {
      const theme = readTheme();
      if (this.step !== null) drawPlace(chart, this.step, theme);
      if (this.start && this.now) {
        const { ctx } = chart;
        const { x, y } = this.start;
        ctx.save();
        ctx.fillStyle = withAlpha(theme.series.blue, 0.15);
        ctx.strokeStyle = theme.series.blue;
        ctx.fillRect(x, y, this.now.x - x, this.now.y - y);
        ctx.strokeRect(x, y, this.now.x - x, this.now.y - y);
        ctx.restore();
      }
    },
  };

  private down(e: PointerEvent): void {
    if (e.button !== 0) return;
    this.canvas.setPointerCapture(e.pointerId);
    const scale = this.chart?.scales.x;
    if (e.shiftKey && scale) this.grabbed = { x: e.offsetX, shown: [scale.min, scale.max] };
    else this.start = this.inside(e);
  }

  private move(e: PointerEvent): void {
    if (this.grabbed) {
      this.pan(this.grabbed, e.offsetX);
      return;
    }
    const { x } = this.inside(e);
    if (this.start) this.now = this.inside(e);
    const [from, to] = this.callbacks.range();
    const value = this.chart?.scales.x?.getValueForPixel(x);
    this.hover(value === undefined ? null : Math.min(to, Math.max(from, Math.round(value))));
  }

  private up(e: PointerEvent): void {
    const { start } = this;
    const end = this.inside(e);
    const scales = this.chart?.scales;
    this.cancel();
    if (!start || !scales || Math.abs(end.x - start.x) < CLICK) return;
    const x = sorted(scales.x!.getValueForPixel(start.x)!, scales.x!.getValueForPixel(end.x)!);
    const y = sorted(scales.y!.getValueForPixel(start.y)!, scales.y!.getValueForPixel(end.y)!);
    this.callbacks.zoom(Math.abs(end.y - start.y) < CLICK ? { x } : { x, y });
  }

  private cancel(): void {
    this.start = this.now = this.grabbed = null;
    this.callbacks.redraw();
  }

  private pan({ x, shown: [from, to] }: { x: number; shown: Range }, now: number): void {
    const { width } = this.chart!.chartArea;
    const by = ((x - now) / width) * (to - from);
    this.show([from + by, to + by]);
  }

  private wheel(e: WheelEvent): void {
    const scale = this.chart?.scales.x;
    if (!scale || !(e.ctrlKey || e.metaKey)) return; // the wheel alone scrolls the page
    e.preventDefault();
    this.show(zoomAt([scale.min, scale.max], scale.getValueForPixel(e.offsetX)!, e.deltaY));
  }

  private show(range: Range): void {
    const x = clampRange(range, this.callbacks.range());
    this.callbacks.zoom(x && { x });
  }

  private hover(step: number | null): void {
    this.step = step;
    this.callbacks.hover(step);
    this.callbacks.redraw();
  }

  private key(e: KeyboardEvent): void {
    const scale = this.chart?.scales.x;
    const change = keys[e.key];
    if (!scale || !change) return;
    e.preventDefault();
    this.start = this.now = null;
    this.show(change(scale.min, scale.max));
  }

  /** Position of the pointer, kept inside the plot. */
  private inside(e: PointerEvent): { x: number; y: number } {
    const area = this.chart?.chartArea;
    if (!area) return { x: e.offsetX, y: e.offsetY };
    return {
      x: Math.min(area.right, Math.max(area.left, e.offsetX)),
      y: Math.min(area.bottom, Math.max(area.top, e.offsetY)),
    };
  }
}

const everything = (): Range => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

const keys: Readonly<Record<string, ((from: number, to: number) => Range) | undefined>> = {
  '0': everything,
  Escape: everything,
  '+': (from, to) => [from + (to - from) / 4, to - (to - from) / 4],
  '=': (from, to) => [from + (to - from) / 4, to - (to - from) / 4],
  '-': (from, to) => [from - (to - from) / 2, to + (to - from) / 2],
  ArrowLeft: (from, to) => [from - (to - from) / 5, to - (to - from) / 5],
  ArrowRight: (from, to) => [from + (to - from) / 5, to + (to - from) / 5],
};

function sorted(a: number, b: number): Range {
  return a < b ? [a, b] : [b, a];
}

/** @param turned pixels that the wheel was turned by; up, which is negative, zooms in */
export function zoomAt([from, to]: Range, at: number, turned: number): Range {
  const factor = Math.exp(Math.max(-200, Math.min(200, turned)) / 400);
  return [at - (at - from) * factor, at + (to - at) * factor];
}

/** Moves a window into the range; null when it covers everything. */
export function clampRange([from, to]: Range, [first, last]: Range): Range | null {
  const width = Math.max(2, to - from);
  if (width >= last - first) return null;
  const start = Math.min(Math.max(from, first), last - width);
  return [start, start + width];
}
