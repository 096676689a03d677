import type { ObservedStatus } from '../../src/run/record.ts';

/** How a status is named and coloured; colour is never the only sign. */
export const statusLook: Readonly<Record<ObservedStatus, { text: string; look: string }>> = {
  starting: { text: 'Starting', look: 'is-running' },
  features: { text: 'Computing features', look: 'is-running' },
  training: { text: 'Training', look: 'is-running' },
  stopping: { text: 'Stopping', look: 'is-running' },
  done: { text: 'Done', look: 'is-done' },
  stopped: { text: 'Stopped', look: 'is-stopped' },
  failed: { text: 'Failed', look: 'is-bad' },
  killed: { text: 'Killed', look: 'is-bad' },
};

const running: ReadonlySet<ObservedStatus> = new Set(['starting', 'features', 'training', 'stopping']);

export function isRunning(status: ObservedStatus): boolean {
  return running.has(status);
}
