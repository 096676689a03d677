import * as vscode from 'vscode';
import type { ProgressLine } from '../../run/retrieval-messages.ts';
import type { Parts } from '../parts.ts';
import { type TaskHooks, TaskStopped } from '../task.ts';

interface Hooks {
  readonly onStatus: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Shows a notification with progress while something runs. Undefined: the user stopped it. */
export async function withProgress<R>(
  title: string,
  action: (hooks: Hooks) => Promise<R>,
): Promise<R | undefined> {
  const location = vscode.ProgressLocation.Notification;
  const stop = new AbortController();
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    token.onCancellationRequested(() => stop.abort());
    try {
      return await action({ onStatus: (message) => progress.report({ message }), signal: stop.signal });
    } catch (error) {
      if (stop.signal.aborted || error instanceof TaskStopped) return undefined;
      throw error;
    }
  });
}

type Task = (args: readonly string[], hooks: TaskHooks) => Promise<string>;

/**
 * Runs the command line with progress; what it printed. Its notes go into the log.
 * @param task how: with the sign-in to Google Drive or without
 */
export function runTask(
  { log }: Pick<Parts, 'log'>,
  title: string,
  task: Task,
  args: readonly string[],
): Promise<string | undefined> {
  return withProgress(title, ({ onStatus, signal }) =>
    task(args, {
      signal,
      onProgress: (line: ProgressLine) => {
        if (line.type === 'note') log.info(line.text);
        else onStatus(line.text);
      },
    }),
  );
}
