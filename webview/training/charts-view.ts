import { counted } from '../../src/common/counted.ts';
import type { EpochEvent } from '../../src/run/events.ts';
import type { ComparedRun } from '../../src/run/messages.ts';
import type { ObservedStatus } from '../../src/run/record.ts';
import { byId } from '../shared/dom.ts';
import { formatShort, formatValue } from '../shared/format.ts';
import { chartPicture } from './chart-picture.ts';
import { decimate, type Point } from './decimate.ts';
import { Legend, type LegendEntry } from './legend.ts';
import { type Curve, LineChart } from './line-chart.ts';
import { smooth } from './smoothing.ts';
import type { ShownRun } from './state.ts';

export interface ChartSettings {
  /** Weight of the past, 0 .. below 1. */
  readonly smoothing: number;
  readonly logScale: boolean;
}

/** Colours of the runs that are compared: not those of the shown one; beyond four they come again, dashed. */
const OTHERS = ['green', 'purple', 'red', 'plain'] as const;
const lookOf = (i: number) => ({ color: OTHERS[i % OTHERS.length]!, dashed: i >= OTHERS.length });

const RATE = 'after the step';
const LEVELS = 200; // epochs drawn one by one

export const defaultSettings: ChartSettings = { smoothing: 0.9, logScale: false };

/** The slider is logarithmic: 0 -> 0, a third -> 0.9, two thirds -> 0.99, the end -> 0.999. */
const toWeight = (slider: number) => 1 - 10 ** (-3 * (slider / 100));
const toSlider = (weight: number) => Math.round((-Math.log10(1 - weight) / 3) * 100);

/** Loss and learning rate, with their tools and legends. */
export class ChartsView {
  /** Last smoothed loss, for the figures above. */
  smoothedLoss = Number.NaN;
  private run: ShownRun | null = null;
  private others: readonly ComparedRun[] = [];
  /** Smoothed losses of the others, as long as their curves and the weight stay. */
  private readonly smoothedOthers = new Map<Float32Array, ArrayLike<number>>();
  /** Steps under the pointer. */
  private hoveredLoss: number | null = null;
  private hoveredRate: number | null = null;
  private smoothed: ArrayLike<number> = [];
  private settings: ChartSettings;
  private readonly loss: LineChart;
  private readonly lr: LineChart;
  private readonly lossLegend = new Legend(byId('loss-legend'), () => this.showAgain());
  private readonly lrLegend = new Legend(byId('lr-legend'), () => this.showAgain());

  constructor(settings: ChartSettings, changed: (settings: ChartSettings) => void) {
    this.settings = settings;
    const reset = byId<HTMLButtonElement>('loss-reset');
    this.loss = new LineChart(byId('loss'), {
      formatY: formatShort,
      onHover: (step) => this.showLossAt(step),
      onZoom: (zoomed) => {
        reset.disabled = !zoomed;
      },
    });
    this.lr = new LineChart(byId('lr'), {
      beginAtZero: true,
      formatY: formatShort,
      onHover: (step) => this.showRateAt(step),
    });
    reset.addEventListener('click', () => this.loss.resetZoom());

    const slider = byId<HTMLInputElement>('smoothing');
    const checkbox = byId<HTMLInputElement>('log-scale');
    slider.value = String(toSlider(settings.smoothing));
    checkbox.checked = settings.logScale;
    const apply = () => {
      this.settings = { smoothing: toWeight(Number(slider.value)), logScale: checkbox.checked };
      this.applySettings(slider);
      changed(this.settings);
    };
    slider.addEventListener('input', apply);
    checkbox.addEventListener('change', apply);
    this.applySettings(slider);
  }

  /** @param others runs that are compared with it */
  show(run: ShownRun, others: readonly ComparedRun[]): void {
    this.others = others;
    for (const loss of this.smoothedOthers.keys())
      if (!others.some((other) => other.loss === loss)) this.smoothedOthers.delete(loss);
    if (run.runId !== this.run?.runId) {
      this.loss.resetZoom();
      this.lr.resetZoom();
    }
    this.run = run;
    const { lrAfter } = run.history;
    const rate: Curve = { name: RATE, color: 'green', values: lrAfter };
    this.lr.setCurves(this.lrLegend.isHidden(RATE) ? [] : [rate], lrAfter.length);
    this.showRateAt(this.hoveredRate);
    for (const frame of ['loss-frame', 'lr-frame'])
      showEmpty(byId(frame), run.history.step === 0, run.status);
    this.showLoss(run);
  }

  private showLoss({ history }: ShownRun): void {
    const { loss } = history;
    this.smoothed = smooth(loss, this.settings.smoothing);
    this.smoothedLoss = this.smoothed[loss.length - 1] ?? Number.NaN;
    const stepsPerEpoch = history.start?.stepsPerEpoch ?? 1;
    const curves: Curve[] = [
      { name: 'loss', color: 'blue', values: loss, faint: this.settings.smoothing > 0 },
    ];
    if (this.settings.smoothing > 0) curves.push({ name: 'smoothed', color: 'blue', values: this.smoothed });
    curves.push({
      name: 'epoch mean',
      color: 'yellow',
      points: epochMeans(history.epochs, stepsPerEpoch),
    });
    this.others.forEach((other, i) => {
      const { color, dashed } = lookOf(i);
      curves.push({ name: other.name, color, dashed, values: this.smoothedOf(other) });
    });
    const drawn = curves.filter(({ name }) => !this.lossLegend.isHidden(name));
    this.loss.setCurves(drawn, Math.max(loss.length, ...this.others.map((other) => other.loss.length)));
    this.showLossAt(this.hoveredLoss);
    byId('loss').setAttribute(
      'aria-label',
      loss.length === 0
        ? 'Loss per step: nothing yet'
        : `Loss per step: ${counted(loss.length, 'step')}, first ${formatValue(loss[0])}, last smoothed ` +
            `${formatValue(this.smoothedLoss)}. Keys: plus and minus zoom, arrows move, 0 resets.`,
    );
  }

  private showAgain(): void {
    if (this.run) this.show(this.run, this.others);
  }

  /** The loss chart with its legend, as a PNG in base64. */
  picture(): string {
    const name = byId('name').textContent ?? '';
    return chartPicture(byId<HTMLCanvasElement>('loss'), name, this.lossLegend.texts());
  }

  applyTheme(): void {
    this.loss.applyTheme();
    this.lr.applyTheme();
  }

  private applySettings(slider: HTMLInputElement): void {
    const text = this.settings.smoothing.toFixed(this.settings.smoothing > 0.95 ? 3 : 2);
    byId('smoothing-value').textContent = text;
    slider.setAttribute('aria-valuetext', text);
    this.smoothedOthers.clear();
    this.loss.setLogarithmic(this.settings.logScale);
    if (this.run) this.showLoss(this.run);
  }

  /** Legend of the loss chart; with a step, the values there. */
  private showLossAt(step: number | null): void {
    this.hoveredLoss = step;
    const loss = this.run?.history.loss ?? [];
    const i = (step ?? loss.length) - 1;
    const epochs = this.run?.history.epochs ?? [];
    const smooths = this.settings.smoothing > 0;
    const items = [legendEntry(smooths ? 'faint' : 'blue', 'loss', loss[i])];
    if (smooths) items.push(legendEntry('blue', 'smoothed', this.smoothed[i]));
    if (epochs.length > 0) {
      const mean = step === null ? epochs.at(-1)?.meanLoss : this.epochMeanAt(i);
      items.push(legendEntry('yellow', 'epoch mean', mean));
    }
    this.others.forEach((other, i) => {
      const at = step === null ? other.loss.length - 1 : step - 1;
      const { color, dashed } = lookOf(i);
      items.push(legendEntry(dashed ? `${color} dashed` : color, other.name, this.smoothedOf(other)[at]));
    });
    this.lossLegend.show(items, step);
  }

  private smoothedOf({ loss }: ComparedRun): ArrayLike<number> {
    const known = this.smoothedOthers.get(loss);
    if (known) return known;
    const values = smooth(loss, this.settings.smoothing);
    this.smoothedOthers.set(loss, values);
    return values;
  }

  private epochMeanAt(index: number): number | undefined {
    const { start, epochs } = this.run!.history;
    const epoch = Math.floor(index / (start?.stepsPerEpoch ?? 1)) + 1;
    return epochs.findLast((e) => e.epoch === epoch)?.meanLoss;
  }

  private showRateAt(step: number | null): void {
    this.hoveredRate = step;
    const rates = this.run?.history.lrAfter ?? [];
    const value = rates[(step ?? rates.length) - 1];
    this.lrLegend.show(
      [{ look: 'green', name: RATE, value: value === undefined ? '' : formatShort(value) }],
      step,
    );
  }
}

function legendEntry(look: string, name: string, value: number | undefined): LegendEntry {
  return { look, name, value: value === undefined ? '' : formatValue(value) };
}

/** Says why there is no curve yet, in the place of empty axes. */
function showEmpty(frame: HTMLElement, empty: boolean, status: ObservedStatus): void {
  const waits = status === 'features' ? 'The curve begins when the features are computed.' : 'No steps yet.';
  if (empty) frame.dataset.empty = waits;
  else delete frame.dataset.empty;
}

/** Means as levels over their epochs; of very many epochs, a line through the middles that shows every extreme. */
function epochMeans(epochs: readonly EpochEvent[], stepsPerEpoch: number): Point[] {
  if (epochs.length <= LEVELS)
    return epochs.flatMap(({ epoch, meanLoss }) => levelOver(epoch, stepsPerEpoch, meanLoss));
  const means = epochs.map((e) => e.meanLoss);
  return decimate(means, 1, means.length, LEVELS).map(({ x, y }) => ({
    x: (epochs[x - 1]!.epoch - 0.5) * stepsPerEpoch,
    y,
  }));
}

/** The mean of an epoch as a level over its steps, then a gap. */
function levelOver(epoch: number, stepsPerEpoch: number, y: number): Point[] {
  const end = epoch * stepsPerEpoch;
  return [
    { x: end - stepsPerEpoch + 1, y },
    { x: end, y },
    { x: end, y: Number.NaN },
  ];
}
