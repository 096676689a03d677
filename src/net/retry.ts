import { setTimeout as sleep } from 'node:timers/promises';
import { MdfeError } from '../common/errors.ts';

/** Failures that go away by themselves; error codes are SERVICE/KIND, and this is the kind. */
const PASSING = new Set(['interrupted', 'timeout', 'server', 'too-many-requests']);
/** Failures that go away by themselves when the service was reachable a moment ago. */
const OUTAGE = new Set(['no-network', 'dns', 'proxy']);

export interface RetryOptions {
  /** Attempts in a row that bring nothing forward. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubled each time, at most 30 s. */
  readonly delay?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each pause. */
  readonly onRetry?: ((failure: MdfeError, pauseMs: number) => void) | undefined;
}

/**
 * Repeats an action with growing pauses until it succeeds, fails for good, or brings nothing forward `attempts`
 * times in a row.
 * @param progress a number that grows while the action gets somewhere
 */
export async function withRetries<R>(
  action: () => Promise<R>,
  progress: () => number,
  { attempts = 5, delay = 1000, signal, onRetry }: RetryOptions,
): Promise<R> {
  let failures = 0;
  for (;;) {
    const before = progress();
    try {
      return await action();
    } catch (error) {
      signal?.throwIfAborted();
      if (progress() > before) failures = 0;
      if (!(error instanceof MdfeError)) throw error;
      const kind = error.code.replace(/^.*\//, '');
      const retry = PASSING.has(kind) || (OUTAGE.has(kind) && before > 0);
      if (!retry || ++failures >= attempts) throw error;
      // Jitter, so that many machines that lost the same server do not come back at once.
      const pause = Math.min(30_000, delay * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
      onRetry?.(error, pause);
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  }
}
