import * as vscode from 'vscode';
import { formatDuration } from '../common/duration.ts';
import { shortMessage } from '../run/error-location.ts';
import { isRunning } from '../run/reader.ts';
import type { Circumstances, Remedy } from '../run/remedies.ts';
import { type Action, choose } from './action.ts';
import { circumstancesOf, type Retries, remedyActions } from './remedy-actions.ts';
import type { RunMonitor } from './run-monitor.ts';
import type { RunStore } from './run-store.ts';

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
    default: {
      const text = record?.error?.text ?? (history.outcome?.type === 'error' ? history.outcome.text : '');
      const said = text.replace(`${runId}: `, ''); // its name is there already
      const shown = text === '' && status === 'killed' ? 'the training process is gone' : shortMessage(said);
      const others = status === 'killed' ? [curves, resume] : [curves];
      const again = (remedy: Remedy) => () => run('mdfe.remedy', runId, remedy);
      return tellFailure(`${name}: ${shown}`, text, others, circumstancesOf(runId, record?.dataDir), {
        leaveOutImages: again('leaveOutImages'),
        chooseData: again('chooseData'),
        chooseWeights: again('chooseWeights'),
      });
    }
  }
}

/** An error of the trainer, with what can be done about it. */
export async function tellFailure(
  shown: string,
  message: string,
  others: readonly Action[] = [],
  circumstances: Circumstances = {},
  retries: Retries = {},
): Promise<void> {
  const actions = [...remedyActions(message, circumstances, retries), ...others];
  await choose(vscode.window.showErrorMessage, shown, actions);
}

function run(command: string, ...args: string[]): Thenable<unknown> {
  return vscode.commands.executeCommand(command, ...args);
}
