import * as vscode from 'vscode';
import { progressWords } from './progress.ts';
import type { RunStore } from './run-store.ts';

const REFRESH = 500; // ms

/** Progress of the newest run that goes on; a click opens its panel. */
export function showInStatusBar(store: RunStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('mdfe.progress', vscode.StatusBarAlignment.Left, 50);
  item.name = 'MDFE Training';
  const update = () => {
    const running = store.running.sort((a, b) => b.record!.created.localeCompare(a.record!.created));
    const newest = running[0];
    if (!newest) return item.hide();
    const more = running.length > 1 ? ` (+${running.length - 1})` : '';
    const words = progressWords(newest.status, newest.history);
    item.text = `$(sync~spin) MDFE ${words}${more}`;
    item.tooltip = running.map((m) => `${m.record!.name}: ${progressWords(m.status, m.history)}`).join('\n');
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
