import * as vscode from 'vscode';
import type { RunSummary } from '../run/messages.ts';
import { type RunStore, statusWords } from './run-store.ts';

/**
 * The run that a command is about: the one named, else the only one that fits, else one chosen by the user.
 *
 * @param none said when no run fits
 */
export async function chooseRun(
  store: RunStore,
  named: unknown,
  fits: (run: RunSummary) => boolean,
  title: string,
  none: string,
): Promise<string | undefined> {
  if (typeof named === 'string') return named;
  const runs = (await store.list()).filter(fits);
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  if (runs.length === 1) return runs[0]?.runId;
  const items = runs.map((run) => ({
    label: run.name,
    description: statusWords[run.status],
    detail: new Date(run.created).toLocaleString(),
    runId: run.runId,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Run' }))?.runId;
}
