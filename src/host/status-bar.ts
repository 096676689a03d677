import * as vscode from 'vscode';
import { progressWords } from './progress.ts';
import type { RunMonitor } from './run-monitor.ts';
import type { RunStore } from './run-store.ts';
import type { SweepStore } from './sweep/sweep-store.ts';

const REFRESH = 500; // ms

/** Progress of the newest run that goes on; a click opens its panel. */
export function showInStatusBar(store: RunStore, sweeps: SweepStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('mdfe.progress', vscode.StatusBarAlignment.Left, 50);
  item.name = 'MDFE Training';
  const update = () => {
    const running = store.running.sort((a, b) => b.record!.created.localeCompare(a.record!.created));
    const newest = running[0];
    if (!newest) return item.hide();
    const more = running.length > 1 ? ` (+${running.length - 1})` : '';
    const words = wordsOf(newest, sweeps);
    item.text = `$(sync~spin) MDFE ${words}${more}`;
    item.tooltip = running.map((m) => `${m.record!.name}: ${wordsOf(m, sweeps)}`).join('\n');
    item.accessibilityInformation = { label: `MDFE training: ${words}` };
    item.command = { command: 'mdfe.openPanel', title: 'Open Training Panel', arguments: [newest.runId] };
    item.show();
  };
  let timer: NodeJS.Timeout | undefined;
  const subscription = store.onDidChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      update();
    }, REFRESH);
  });
  return vscode.Disposable.from(item, subscription, { dispose: () => clearTimeout(timer) });
}

/** How far a run is, with its place in its sweep. */
function wordsOf(monitor: RunMonitor, sweeps: SweepStore): string {
  const words = progressWords(monitor.status, monitor.history);
  const index = monitor.record?.sweep?.index;
  if (index === undefined) return words;
  const total = sweeps.of(monitor)?.record.runs.length;
  return `run ${index}${total === undefined ? '' : `/${total}`} · ${words}`;
}
