import type { SweepView } from '../../src/run/messages.ts';
import type { SweepRunRecord } from '../../src/run/sweep-record.ts';
import { rankedRuns, sweepSummary } from '../../src/run/sweep-score.ts';
import { type CurrentRun, sweepSecondsLeft } from '../../src/run/sweep-time.ts';
import { byId, make, setText } from '../shared/dom.ts';
import { dash, formatCount, formatTime, formatValue } from '../shared/format.ts';
import type { ShownRun } from './state.ts';

const STATES: Readonly<Record<SweepRunRecord['state'], { text: string; look: string }>> = {
  waiting: { text: 'Waiting', look: '' },
  running: { text: 'Training', look: 'is-running' },
  done: { text: 'Done', look: 'is-done' },
  stopped: { text: 'Stopped', look: 'is-stopped' },
  failed: { text: 'Failed', look: 'is-bad' },
};

let shown = '';

/**
 * The runs of the sweep that the shown run belongs to, the best first; a click on one shows its curves.
 *
 * @param there run folders that exist
 */
export function showSweep(
  sweep: SweepView | null,
  run: ShownRun | null,
  there: ReadonlySet<string>,
  select: (runId: string) => void,
): void {
  byId('sweep').hidden = sweep === null;
  if (!sweep) return;
  const { record, status } = sweep;
  const ended = record.runs.filter(({ state }) => state === 'done' || state === 'failed').length;
  const progress = byId<HTMLProgressElement>('sweep-bar');
  progress.max = record.runs.length;
  progress.value = ended;
  const left = status === 'running' ? sweepSecondsLeft(record.runs, currentRun(run)) : undefined;
  const time = left === undefined ? '' : ` · ${formatTime(left)} left`;
  setText(byId('sweep-text'), `${formatCount(ended)} / ${formatCount(record.runs.length)} runs${time}`);
  setText(byId('sweep-title'), `Sweep ${record.name}`);
  setText(byId('sweep-summary'), `${sweepSummary(record)}${ENDS[status]}`);
  const key = JSON.stringify([
    record.name,
    record.updated,
    run?.runId,
    sweep.runIds.map((id) => there.has(id)),
  ]);
  if (key === shown) return;
  shown = key;
  const metrics = metricsOf(sweep);
  const names = record.keys.map((k) => k.name);
  byId('sweep-head').replaceChildren(
    row(
      'th',
      ['Run', ...names, ...metrics, 'Loss', 'Time', 'State'].map((text) => [text]),
    ),
  );
  const focused = document.activeElement?.getAttribute('data-run');
  const ranked = rankedRuns(record);
  byId('sweep-rows').replaceChildren(
    ...ranked.map((r) => runRow(r, sweep, metrics, r === ranked[0], run?.runId, there, select)),
  );
  if (focused) byId('sweep-rows').querySelector<HTMLElement>(`[data-run="${focused}"]`)?.focus();
}

const ENDS: Readonly<Record<SweepView['status'], string>> = {
  running: '',
  done: '',
  stopped: '; stopped: Resume goes on with it',
  killed: '; its process is gone: Resume goes on with it',
};

/** Time of the run that trains, where it is the one that is shown. */
function currentRun(run: ShownRun | null): CurrentRun | undefined {
  const index = run?.record?.sweep?.index;
  if (!run || index === undefined) return undefined;
  const { start, features, secondsLeft } = run.history;
  const elapsed = start && run.status !== 'features' ? (Date.now() - start.time) / 1000 : Number.NaN;
  const left = start ? secondsLeft : features?.secondsLeft;
  return { index, elapsed, left: Number.isFinite(left) ? left! : 0 };
}

/** The metric that ranks, then the challenge's own. */
function metricsOf({ record: { metric, runs } }: SweepView): string[] {
  if (metric.name === 'loss') return [];
  const others = runs.some((run) => run.metrics?.['mMP@5'] !== undefined) ? ['mMP@5'] : [];
  return [...new Set([metric.name, ...others])];
}

function runRow(
  run: SweepRunRecord,
  { record, runIds }: SweepView,
  metrics: readonly string[],
  isFirst: boolean,
  shownId: string | undefined,
  there: ReadonlySet<string>,
  select: (runId: string) => void,
): HTMLElement {
  const runId = runIds[run.index - 1]!;
  const { text, look } = STATES[run.state];
  const link = make(
    'button',
    { type: 'button', class: 'link', 'data-run': String(run.index) },
    `${run.index}`,
  );
  link.setAttribute('aria-label', `Show run ${run.index}: ${run.label}`);
  link.addEventListener('click', () => select(runId));
  const state = make('span', { class: 'sweep-state' }, make('span', { class: `dot ${look}` }), text);
  if (run.error) state.title = run.error.text;
  const cells = [
    [there.has(runId) ? link : String(run.index)],
    ...run.values.map((value) => [value]),
    ...metrics.map((name) => [formatValue(run.metrics?.[name])]),
    [formatValue(run.loss)],
    [run.seconds === undefined ? dash : formatTime(run.seconds)],
    [state],
  ];
  const element = row('td', cells);
  if (runId === shownId) element.setAttribute('aria-current', 'true');
  if (isFirst && run.score !== undefined && record.runs.length > 1) element.classList.add('best');
  return element;
}

function row(cell: 'th' | 'td', cells: readonly (readonly (Node | string)[])[]): HTMLElement {
  const attributes: Readonly<Record<string, string>> = cell === 'th' ? { scope: 'col' } : {};
  return make('tr', {}, ...cells.map((content) => make(cell, attributes, ...content)));
}
