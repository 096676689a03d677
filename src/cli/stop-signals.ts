import { ExitCode } from '../common/errors.ts';

/**
 * Stops on SIGINT, SIGTERM and SIGHUP; a second SIGINT does not wait for the checkpoint. Dispose to give the signals
 * back.
 */
export function stopOnSignals(onStop: () => void): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted && signal === 'SIGINT') process.exit(ExitCode.stopped);
    if (controller.signal.aborted) return;
    onStop();
    controller.abort();
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** Runs what a signal may stop. @param words said when it is, @returns what `action` returns, or `stopped` */
export async function untilStopped(
  words: string,
  progress: { clear(): void },
  action: (signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal, dispose } = stopOnSignals(() => console.error(`\n${words}`));
  try {
    return await action(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return ExitCode.stopped;
  } finally {
    progress.clear();
    dispose();
  }
}
