import { csvField } from '../common/csv-field.ts';
import { formatShortDuration } from '../common/duration.ts';
import type { SweepRecord, SweepRunRecord } from '../run/sweep-record.ts';
import { rankedRuns } from '../run/sweep-score.ts';
import { table } from './table.ts';

/** The runs, the best first: swept keys, score, losses, time and name. */
export function sweepTable(record: SweepRecord): string {
  const metrics = metricColumns(record);
  const rows = rankedRuns(record).map((run) => [
    String(run.index),
    ...run.values,
    ...metrics.map((name) => figure(run.metrics?.[name])),
    figure(run.loss),
    run.seconds === undefined ? '' : formatShortDuration(run.seconds),
    run.state,
    run.name,
  ]);
  return table(['run', ...keyColumns(record), ...metrics, 'loss', 'time', 'state', 'folder'], rows);
}

/** The same at full precision. */
export function sweepCsv(record: SweepRecord): string {
  const metrics = metricColumns(record);
  const header = [
    'run',
    ...record.keys.map((key) => key.path),
    ...metrics,
    'loss',
    'seconds',
    'state',
    'folder',
  ];
  const lines = rankedRuns(record).map((run) => [
    String(run.index),
    ...record.keys.map(({ path }) => plain(run, path)),
    ...metrics.map((name) => exact(run.metrics?.[name])),
    exact(run.loss),
    exact(run.seconds),
    run.state,
    run.name,
  ]);
  return [header, ...lines].map((cells) => cells.map(csvField).join(',')).join('\n');
}

/** The metric that ranks, then the challenge's own. */
function metricColumns({ metric, runs }: SweepRecord): string[] {
  if (metric.name === 'loss') return [];
  const others = runs.some((run) => run.metrics?.[CHALLENGE] !== undefined) ? [CHALLENGE] : [];
  return [...new Set([metric.name, ...others])];
}

const CHALLENGE = 'mMP@5';

/** A swept key may be called as another column is. */
function keyColumns({ keys }: SweepRecord): string[] {
  return keys.map(({ name, path }) =>
    ['run', 'loss', 'time', 'state', 'folder'].includes(name) ? path : name,
  );
}

function figure(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : value.toFixed(4);
}

function exact(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function plain({ overrides }: SweepRunRecord, path: string): string {
  const value = overrides[path];
  return typeof value === 'object' && value !== null ? value.join(' ') : String(value ?? 'None');
}
