import './style.css';
import type { HostToPanel, PanelState, PanelToHost } from '../../src/run/messages.ts';
import { byId } from '../shared/dom.ts';
import { onThemeChange } from '../shared/theme.ts';
import { registerControls } from '../shared/toolkit.ts';
import { acquireApi } from '../shared/vscode-api.ts';
import { ChartsView, defaultSettings } from './charts-view.ts';
import { showLog } from './log-view.ts';
import { page } from './page.ts';
import { showRun } from './run-view.ts';
import { showRuns } from './runs-view.ts';
import { type PanelModel, receive } from './state.ts';
import { showSweep } from './sweep-view.ts';
import { showEpochs } from './tables-view.ts';

const REDRAW = 100; // ms between two drawings at least
const IDLE_SHARE = 4; // a drawing may take a quarter of the time

const api = acquireApi<PanelState, PanelToHost>();
const saved = api.getState();
let view = saved?.view ?? defaultSettings;
let model: PanelModel | null = null;

registerControls();
document.body.innerHTML = page; // a constant of ours
const charts = new ChartsView(view, (settings) => {
  view = settings;
  save();
  if (model?.run) showRun(model.run, charts.smoothedLoss);
});
onThemeChange(() => charts.applyTheme());

byId('train').addEventListener('click', () => api.postMessage({ type: 'train' }));
const buttons = [
  'stop',
  'resume',
  'exploreRetrieval',
  'package',
  'openNotebook',
  'openConfig',
  'openLog',
  'revealFolder',
] as const;
for (const type of buttons)
  byId(type).addEventListener('click', () => {
    const runId = model?.run?.runId;
    if (runId) api.postMessage({ type, runId });
  });

window.addEventListener('message', ({ data }: MessageEvent<HostToPanel>) => {
  const result = receive(model, data);
  if ('askAgain' in result) {
    api.postMessage({ type: 'ready', runId: result.askAgain });
    return;
  }
  const switched = model?.run?.runId !== result.model.run?.runId;
  model = result.model;
  if (switched) save();
  scheduleDrawing();
});

let earliest = 0; // when the page may draw again
let scheduled = false;
let waiting = false;

function scheduleDrawing(): void {
  waiting = true;
  if (scheduled) return;
  scheduled = true;
  setTimeout(draw, Math.max(0, earliest - performance.now()));
}

function draw(): void {
  const started = performance.now();
  show();
  // Until the frame is on the screen: a slow machine draws less often, so that it can still be used.
  requestAnimationFrame(() =>
    setTimeout(() => {
      const took = performance.now() - started;
      earliest = started + Math.max(REDRAW, IDLE_SHARE * took);
      scheduled = false;
      if (waiting) scheduleDrawing();
    }),
  );
}

function show(): void {
  waiting = false;
  if (!model) return;
  const { run, runs, sweep } = model;
  byId('loading').hidden = true;
  byId('empty').hidden = run !== null;
  byId('app').hidden = run === null;
  const select = (runId: string) => api.postMessage({ type: 'select', runId });
  showRuns(runs, run?.runId ?? null, select);
  showSweep(sweep, run, select);
  if (!run) return;
  charts.show(run);
  showRun(run, charts.smoothedLoss);
  showEpochs(run);
  showLog(run);
}

function save(): void {
  const runId = model?.run?.runId ?? saved?.runId;
  if (runId) api.setState({ runId, view });
}

api.postMessage({ type: 'ready', runId: saved?.runId ?? null });
