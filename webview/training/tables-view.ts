import type { EpochEvent } from '../../src/run/events.ts';
import { byId, make } from '../shared/dom.ts';
import { formatCount, formatTime, formatValue } from '../shared/format.ts';
import type { ShownRun } from './state.ts';

const ROWS = 200; // newest epochs; all of them are in the chart

let head = '';
let newest = 0; // epoch of the top row

/** One row an epoch, newest first: mean loss, seconds, and the metrics of its evaluation where there was one. */
export function showEpochs({ runId, history }: ShownRun): void {
  const { epochs, evals } = history;
  const metrics = [...new Set(evals.flatMap((e) => Object.keys(e.metrics)))];
  const body = byId('epochs');
  const last = epochs.at(-1)?.epoch ?? 0;
  // An evaluation belongs to a row that may be there already: build the rows anew.
  const key = JSON.stringify([runId, metrics, evals.length]);
  if (key !== head || last < newest) {
    head = key;
    newest = 0;
    body.replaceChildren();
    byId('epochs-head').replaceChildren(row('th', ['Epoch', 'Mean loss', ...metrics, 'Time']));
  }
  if (last === newest) return;
  const rows = epochs
    .slice(-ROWS)
    .filter((e) => e.epoch > newest)
    .map((e) => epochRow(e, metrics, evals.find((v) => v.epoch === e.epoch)?.metrics ?? {}));
  newest = last;
  body.prepend(...rows.reverse());
  while (body.childElementCount > ROWS) body.lastElementChild?.remove();
}

function epochRow(
  { epoch, meanLoss, seconds }: EpochEvent,
  metrics: readonly string[],
  values: Readonly<Record<string, number>>,
): HTMLElement {
  const figures = metrics.map((name) => formatValue(values[name]));
  return row('td', [formatCount(epoch), formatValue(meanLoss), ...figures, formatTime(seconds)]);
}

function row(cell: 'th' | 'td', texts: readonly string[]): HTMLElement {
  return make('tr', {}, ...texts.map((text) => make(cell, cell === 'th' ? { scope: 'col' } : {}, text)));
}
