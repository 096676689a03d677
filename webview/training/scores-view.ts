import { byId, make } from '../shared/dom.ts';
import { formatShort, formatValue } from '../shared/format.ts';
import { domainNames, metricNames, scoreAt, scoreCurve, scoreRows } from './evaluations.ts';
import { Legend } from './legend.ts';
import { type Curve, LineChart } from './line-chart.ts';
import type { ShownRun } from './state.ts';

const COLORS = ['blue', 'green', 'purple', 'red', 'yellow', 'plain'] as const;

/** Scores on held-out images: every metric over the steps, or the first one by domain, and a table of figures. */
export class ScoresView {
  private curves: (Curve & { readonly look: string })[] = [];
  private hovered: number | null = null;
  private run: ShownRun | null = null;
  private shown = '';
  private readonly chart: LineChart;
  private readonly legend = new Legend(byId('scores-legend'), () => {
    if (this.run) this.show(this.run);
  });
  private readonly byDomain = byId<HTMLInputElement>('scores-by-domain');

  constructor() {
    this.chart = new LineChart(byId('scores-chart'), {
      firstStep: 0,
      formatY: formatShort,
      onHover: (step) => this.showAt(step),
    });
    this.byDomain.addEventListener('change', () => {
      if (this.run) this.show(this.run);
    });
  }

  show(run: ShownRun): void {
    if (run.runId !== this.run?.runId) this.chart.resetZoom();
    this.run = run;
    const { evals, step } = run.history;
    byId('scores').hidden = evals.length === 0;
    if (evals.length === 0) return;
    const domains = domainNames(evals);
    this.byDomain.hidden = domains.length === 0;
    const key = JSON.stringify([
      run.runId,
      evals.length,
      this.byDomain.checked,
      run.history.checkpoints.length,
    ]);
    if (key !== this.shown) {
      this.shown = key;
      this.curves = this.byDomain.checked && domains.length > 0 ? this.ofDomains(domains) : this.ofMetrics();
      this.showTable();
    }
    this.chart.setCurves(
      this.curves.filter(({ name }) => !this.legend.isHidden(name)),
      step,
    );
    this.showAt(this.hovered);
  }

  applyTheme(): void {
    this.chart.applyTheme();
  }

  private ofMetrics(): typeof this.curves {
    const { evals } = this.run!.history;
    return metricNames(evals).map((name, i) => curve(name, scoreCurve(evals, name), i));
  }

  private ofDomains(domains: readonly string[]): typeof this.curves {
    const { evals } = this.run!.history;
    const [metric] = metricNames(evals);
    if (metric === undefined) return [];
    return [undefined, ...domains].map((domain, i) =>
      curve(domain ?? `all, ${metric}`, scoreCurve(evals, metric, domain), i),
    );
  }

  private showAt(step: number | null): void {
    this.hovered = step;
    const entries = this.curves.map(({ look, name, points }) => {
      const value = scoreAt(points ?? [], step);
      return { look, name, value: value === undefined ? '' : formatValue(value) };
    });
    this.legend.show(entries, step);
  }

  private showTable(): void {
    const { history } = this.run!;
    const metrics = metricNames(history.evals);
    const head = ['', ...metrics].map((text) => make('th', { scope: 'col' }, text));
    const rows = scoreRows(history).map((row) =>
      make(
        'tr',
        {},
        make('th', { scope: 'row' }, row.name),
        ...metrics.map((name) => make('td', {}, formatValue(row.metrics[name]))),
      ),
    );
    byId('scores-head').replaceChildren(make('tr', {}, ...head));
    byId('scores-rows').replaceChildren(...rows);
    const [main] = metrics;
    const last = history.evals.at(-1);
    byId('scores-chart').setAttribute(
      'aria-label',
      `Scores on held-out images: ${history.evals.length} evaluations, last ${main} ${formatValue(last?.metrics[main ?? ''])}. Keys: plus and minus zoom, arrows move, 0 resets.`,
    );
  }
}

/** Beyond six, colours come again, dashed. */
function curve(name: string, points: Curve['points'], i: number): Curve & { readonly look: string } {
  const color = COLORS[i % COLORS.length]!;
  const dashed = i >= COLORS.length;
  return {
    name,
    color,
    dashed,
    dots: true,
    ...(points && { points }),
    look: dashed ? `${color} dashed` : color,
  };
}
