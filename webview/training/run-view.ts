import { counted } from '../../src/common/counted.ts';
import type { EngineReport } from '../../src/run/events.ts';
import { computedFeatures, describeFeatures } from '../../src/run/feature-progress.ts';
import { byId, make, setText } from '../shared/dom.ts';
import { dash, formatCount, formatShort, formatSpeed, formatTime, formatValue } from '../shared/format.ts';
import type { ShownRun } from './state.ts';
import { isRunning, statusLook } from './status.ts';

/** Name, status, buttons, progress, figures and engine of a run. */
export function showRun(run: ShownRun, smoothedLoss: number): void {
  showHeader(run);
  showProgress(run);
  showTiles(run, smoothedLoss);
  showEngines(run);
}

function showHeader({ record, status, history }: ShownRun): void {
  setText(byId('name'), record?.name ?? history.start?.name ?? 'Run');
  const badge = byId('status');
  const { text, look } = record ? statusLook[status] : { text: 'Folder gone', look: 'is-bad' };
  setText(badge, text);
  badge.className = `status ${look}`;
  const { start } = history;
  const facts = start
    ? [
        counted(start.classes, 'class'),
        counted(start.samples, 'image'),
        `batch ${formatCount(start.batchSize)}`,
        `${formatCount(start.trainableParameters)} of ${formatCount(start.totalParameters)} parameters trained`,
      ]
    : [];
  if (record) facts.push(`started ${new Date(record.created).toLocaleString()}`);
  setText(byId('summary'), facts.join(' · '));
  const stop = byId<HTMLButtonElement>('stop');
  stop.hidden = !record || !isRunning(status);
  stop.disabled = status === 'stopping';
  const saved = record?.lastCheckpoint !== undefined || record?.bestCheckpoint !== undefined;
  byId('exploreRetrieval').hidden = !saved;
  for (const name of ['package', 'openNotebook']) byId(name).hidden = !saved || isRunning(status);
  byId('resume').hidden = !record || !(status === 'stopped' || status === 'killed' || status === 'failed');
  for (const name of ['openConfig', 'openLog', 'revealFolder']) byId(name).hidden = !record;
}

function showProgress({ status, record, history }: ShownRun): void {
  const { features, start } = history;
  const extracting = features !== undefined && (status === 'features' || features.done < features.total);
  byId('features-row').hidden = !extracting;
  if (features && extracting) {
    const { done, total } = computedFeatures(features);
    bar('features', total === 0 ? 1 : done, total, describeFeatures(features));
  }
  const epochs = start?.epochs || record?.epochs || 0;
  const steps = start?.totalSteps || record?.totalSteps || 0;
  const done = history.epochs.at(-1)?.epoch ?? 0;
  const current = Math.min(epochs, Math.max(history.epoch, history.step > 0 ? 1 : 0));
  byId('epoch-row').hidden = epochs === 0;
  bar('epoch', done, epochs, `${formatCount(current)} / ${formatCount(epochs)}`);
  const share = steps > 0 ? ` (${((100 * history.step) / steps).toFixed(1)} %)` : '';
  byId('step-row').hidden = steps === 0;
  bar('step', history.step, steps, `${formatCount(history.step)} / ${formatCount(steps)}${share}`);
}

function bar(name: string, value: number, max: number, text: string): void {
  const progress = byId<HTMLProgressElement>(`${name}-bar`);
  progress.max = Math.max(1, max);
  progress.value = Math.min(value, progress.max);
  setText(byId(`${name}-text`), text);
}

function showTiles(run: ShownRun, smoothedLoss: number): void {
  const { status, history } = run;
  const extracting = status === 'features' && history.features;
  const speed = extracting ? history.features!.speed : history.speed;
  const left = extracting ? history.features!.secondsLeft : history.secondsLeft;
  setText(byId('tile-loss'), formatValue(smoothedLoss));
  setText(byId('tile-epoch-loss'), formatValue(history.epochs.at(-1)?.meanLoss));
  setText(byId('tile-lr'), formatShort(history.lrAfter.at(-1)));
  setText(byId('tile-speed'), formatSpeed(speed));
  setText(byId('tile-left'), isRunning(status) ? formatTime(left) : dash);
  setText(byId('tile-elapsed'), formatTime(elapsed(run)));
}

/** Seconds from the run's creation to its end, or to its newest sign of life. */
function elapsed({ record, status, history }: ShownRun): number {
  if (!record) return Number.NaN;
  const end = isRunning(status)
    ? Date.now()
    : Math.max(history.outcome?.time ?? 0, Date.parse(record.updated));
  return (end - Date.parse(record.created)) / 1000;
}

let shownEngines = '';

function showEngines({ record, history }: ShownRun): void {
  const train = history.start?.trainEngine ?? record?.trainEngine;
  const features = history.start?.featureEngine ?? record?.featureEngine;
  // Rebuilt only when it changed: an opened list stays open.
  const key = JSON.stringify([train, features, history.start !== undefined]);
  if (key === shownEngines) return;
  shownEngines = key;
  const { start } = history;
  const without =
    start && start.trainableParameters === start.totalParameters
      ? 'none stored: the backbone is trained too'
      : start
        ? 'not needed: all features came from the store'
        : dash;
  byId('engines').replaceChildren(
    make('dt', {}, 'Training'),
    make('dd', {}, ...(train ? engine(train) : [dash])),
    make('dt', {}, 'Features'),
    make('dd', {}, ...(features ? engine(features) : [without])),
  );
}

function engine({ name, device, rejected }: EngineReport): (Node | string)[] {
  const line: (Node | string)[] = [make('b', {}, name), ` on ${device}`];
  if (rejected.length === 0) return line;
  const reasons = rejected.map((r) => make('li', {}, make('b', {}, r.name), `: ${r.reason}`));
  line.push(make('details', {}, make('summary', {}, 'Why not a faster one'), make('ul', {}, ...reasons)));
  return line;
}
