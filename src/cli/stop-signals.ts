import { isatty } from 'node:tty';
import { ExitCode } from '../common/errors.ts';

/** What a command says that trains. */
export const STOPPING_AFTER_STEP = 'stopping after this step; a checkpoint will be written';

/**
 * Runs what SIGINT, SIGTERM and SIGHUP stop; a second SIGINT does not wait for it to end. Without a terminal SIGHUP is
 * ignored: such a process is meant to outlive one (nohup, setsid), and Node undoes what nohup says to the system.
 *
 * @param onStop called once, at the first signal
 * @returns what `action` returns; undefined where it ended with the signal's own reason
 */
export async function unlessStopped<T>(
  onStop: () => void,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (name: NodeJS.Signals) => {
    if (signal.aborted && name === 'SIGINT') process.exit(ExitCode.stopped);
    if (signal.aborted) return;
    onStop();
    controller.abort();
  };
  const onTerminal = [0, 1, 2].some((stream) => isatty(stream));
  const listeners = { SIGINT: stop, SIGTERM: stop, SIGHUP: onTerminal ? stop : () => {} };
  for (const [name, listener] of Object.entries(listeners)) process.on(name, listener);
  try {
    return await action(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return undefined;
  } finally {
    for (const [name, listener] of Object.entries(listeners)) process.off(name, listener);
  }
}

/** The same for a command that shows progress. @param words said when it is stopped */
export async function untilStopped(
  words: string,
  progress: { line(text: string): void; clear(): void },
  action: (signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return (await unlessStopped(() => progress.line(words), action)) ?? ExitCode.stopped;
  } finally {
    progress.clear();
  }
}
