import * as vscode from 'vscode';
import { formatDuration } from '../common/duration.ts';
import { isRunning } from '../run/reader.ts';
import { shortMessage } from './error-location.ts';
import { openAt } from './open.ts';
import type { RunMonitor } from './run-monitor.ts';
import type { RunStore } from './run-store.ts';
import { NODE_SETTING } from './trainer-command.ts';

/** Tells the end of every run that this window has seen running; of a sweep only the end of the whole is told. */
export function notifyAtEnd(store: RunStore): vscode.Disposable {
  return store.onDidChange(({ monitor, before }) => {
    if (monitor.record?.sweep !== undefined) return;
    if (before !== undefined && isRunning(before) && !monitor.running) void tellEnd(monitor);
  });
}

async function tellEnd({ record, status, history, runId }: RunMonitor): Promise<void> {
  const name = record?.name ?? runId;
  const curves = { title: 'Show Curves', run: () => run('mdfe.openPanel', runId) };
  const resume = { title: 'Resume', run: () => run('mdfe.resume', runId) };
  switch (status) {
    case 'done': {
      const took = history.outcome?.type === 'end' ? ` in ${formatDuration(history.outcome.seconds)}` : '';
      const loss = history.epochs.at(-1)?.meanLoss;
      const ended = loss === undefined ? '' : `, mean loss of the last epoch ${loss.toPrecision(4)}`;
      return choose(vscode.window.showInformationMessage, `${name}: training done${took}${ended}.`, [curves]);
    }
    case 'stopped':
      return choose(
        vscode.window.showInformationMessage,
        `${name}: stopped after step ${history.step}; a checkpoint is written.`,
        [curves, resume],
      );
    case 'killed':
      return choose(vscode.window.showErrorMessage, `${name}: the training process is gone.`, [
        curves,
        resume,
      ]);
    default: {
      const text = record?.error?.text ?? (history.outcome?.type === 'error' ? history.outcome.text : '');
      return tellFailure(`${name}: ${shortMessage(text)}`, text, [curves]);
    }
  }
}

export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** An error of the trainer, with the way to the line of the configuration that it names. */
export async function tellFailure(
  shown: string,
  message: string,
  others: readonly Action[] = [],
): Promise<void> {
  const place = openAt(message);
  const actions = [
    ...(place ? [{ title: `Open Config at Line ${place.line}`, run: place.open }] : []),
    ...(message.includes(NODE_SETTING)
      ? [{ title: 'Open Setting', run: () => openSetting(NODE_SETTING) }]
      : []),
    ...others,
  ];
  await choose(vscode.window.showErrorMessage, shown, actions);
}

type Show = (message: string, ...items: string[]) => Thenable<string | undefined>;

/** Shows a message with actions, and runs the one that is chosen. */
export async function choose(show: Show, message: string, actions: readonly Action[]): Promise<void> {
  const chosen = await show(message, ...actions.map((a) => a.title));
  await actions.find((a) => a.title === chosen)?.run();
}

function openSetting(name: string): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', name);
}

function run(command: string, runId: string): Thenable<unknown> {
  return vscode.commands.executeCommand(command, runId);
}
