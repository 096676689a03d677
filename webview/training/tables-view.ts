import { byId, make } from '../shared/dom.ts';
import { formatTime, formatValue } from './format.ts';
import type { ShownRun } from './state.ts';

let shown = '';

/** One row an epoch: mean loss, seconds, and the metrics of its evaluation where there was one. */
export function showEpochs({ runId, history }: ShownRun): void {
  const { epochs, evals } = history;
  const key = `${runId} ${epochs.length} ${evals.length} ${epochs.at(-1)?.seq}`;
  if (key === shown) return;
  shown = key;
  const metrics = [...new Set(evals.flatMap((e) => Object.keys(e.metrics)))];
  byId('epochs-head').replaceChildren(row('th', ['Epoch', 'Mean loss', ...metrics, 'Time']));
  const before = evals.find((e) => e.epoch === 0);
  const rows = epochs.map((e) => {
    const found = evals.find((v) => v.epoch === e.epoch)?.metrics ?? {};
    return row('td', [
      String(e.epoch),
      formatValue(e.meanLoss),
      ...metrics.map((m) => formatValue(found[m])),
      formatTime(e.seconds),
    ]);
  });
  if (before)
    rows.unshift(
      row('td', ['0', formatValue(null), ...metrics.map((m) => formatValue(before.metrics[m])), '']),
    );
  byId('epochs').replaceChildren(...rows.reverse());
}

function row(cell: 'th' | 'td', texts: readonly string[]): HTMLElement {
  return make('tr', {}, ...texts.map((text) => make(cell, cell === 'th' ? { scope: 'col' } : {}, text)));
}
