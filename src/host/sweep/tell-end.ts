import * as vscode from 'vscode';
import type { FoundSweep } from '../../run/sweep-reader.ts';
import { runDirOf } from '../../run/sweep-reader.ts';
import { rankedRuns, sweepSummary } from '../../run/sweep-score.ts';
import { type Action, choose } from '../action.ts';
import type { SweepStore } from './sweep-store.ts';

/** Tells the end of every sweep that this window has seen running. */
export function notifyAtSweepEnd(store: SweepStore): vscode.Disposable {
  return store.onDidChange(({ sweep, before }) => {
    if (before === 'running' && sweep.status !== 'running') void tell(sweep);
  });
}

async function tell({ dir, record, status }: FoundSweep): Promise<void> {
  const [best] = rankedRuns(record);
  const last = record.runs.find((run) => run.state === 'stopped' || run.state === 'running');
  const action = (title: string, command: string, run: { readonly name: string }): Action => ({
    title,
    run: () => vscode.commands.executeCommand(command, runDirOf(dir, run)),
  });
  const actions: Action[] = [];
  if (best?.score !== undefined) actions.push(action('Show Best Run', 'mdfe.openPanel', best));
  if (status !== 'done' && last) actions.push(action('Resume', 'mdfe.resume', last));
  const text = `${record.name}: ${WORDS[status]}, ${sweepSummary(record)}.`;
  const isBad = status === 'killed' || record.runs.some((run) => run.state === 'failed');
  await choose(
    isBad ? vscode.window.showWarningMessage : vscode.window.showInformationMessage,
    text,
    actions,
  );
}

const WORDS: Readonly<Record<FoundSweep['status'], string>> = {
  running: 'sweep is running',
  done: 'sweep done',
  stopped: 'sweep stopped',
  killed: 'the process of the sweep is gone',
};
