import './style.css';
import type { HostToPanel, PanelState, PanelToHost } from '../../src/run/messages.ts';
import { byId } from '../shared/dom.ts';
import { onThemeChange } from '../shared/theme.ts';
import { registerControls } from '../shared/toolkit.ts';
import { acquireApi } from '../shared/vscode-api.ts';
import { ChartsView, defaultSettings } from './charts-view.ts';
import { showLog } from './log-view.ts';
import { page } from './page.ts';
import { type ProblemHooks, showProblem } from './problem-view.ts';
import { showRun } from './run-view.ts';
import { showRuns } from './runs-view.ts';
import { ScoresView } from './scores-view.ts';
import { type PanelModel, receive } from './state.ts';
import { showSweep } from './sweep-view.ts';
import { showEpochs } from './tables-view.ts';

const REDRAW = 100; // ms between two drawings at least
const IDLE_SHARE = 4; // a drawing may take a quarter of the time

const api = acquireApi<PanelState, PanelToHost>();
const saved = api.getState();
let view = saved?.view ?? defaultSettings;
let model: PanelModel | null = null;
let compared: readonly string[] | undefined;

registerControls();
document.body.innerHTML = page; // a constant of ours
const charts = new ChartsView(view, (settings) => {
  view = settings;
  save();
  if (model?.run) showRun(model.run, charts.smoothedLoss);
});
const scores = new ScoresView();
onThemeChange(() => {
  charts.applyTheme();
  scores.applyTheme();
});

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

byId('compare').addEventListener('click', () => {
  const runId = model?.run?.runId;
  if (runId) api.postMessage({ type: 'compare', runId });
});
byId('export').addEventListener('click', () => {
  const run = model?.run;
  if (run) api.postMessage({ type: 'export', runId: run.runId, png: charts.picture() });
});

window.addEventListener('message', ({ data }: MessageEvent<HostToPanel>) => {
  const result = receive(model, data);
  if ('askAgain' in result) {
    api.postMessage({ type: 'ready', runId: result.askAgain, compared: comparedIds() });
    return;
  }
  const switched = model?.run?.runId !== result.model.run?.runId;
  model = result.model;
  if (data.type === 'comparison') compared = data.runIds;
  if (switched || data.type === 'comparison') save();
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
  showSweep(sweep, run, new Set(runs.map((r) => r.runId)), select);
  if (!run) return;
  const others = [...model.compared.values()].flatMap((o) => (o && o.runId !== run.runId ? [o] : []));
  charts.show(run, others);
  scores.show(run);
  showRun(run, charts.smoothedLoss);
  showProblem(run, problemHooks(run.runId));
  showEpochs(run);
  showLog(run);
}

function problemHooks(runId: string): ProblemHooks {
  return {
    remedy: (remedy) => api.postMessage({ type: 'remedy', runId, remedy }),
    openFile: (path) => api.postMessage({ type: 'openFile', runId, path }),
  };
}

function save(): void {
  const runId = model?.run?.runId ?? saved?.runId;
  if (runId) api.setState({ runId, view, compared: comparedIds() });
}

/** Before the host has said which: those of before the reload. */
function comparedIds(): readonly string[] {
  return compared ?? saved?.compared ?? [];
}

api.postMessage({ type: 'ready', runId: saved?.runId ?? null, compared: comparedIds() });
