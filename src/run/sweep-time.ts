import type { SweepRunRecord } from './sweep-record.ts';

/** The run that trains now. Seconds. */
export interface CurrentRun {
  readonly index: number;
  /** Since its first step; NaN before it. */
  readonly elapsed: number;
  /** Of what it does now: training, or computing features. */
  readonly left: number;
}

/**
 * Seconds that a sweep still takes, from the time that its runs took, or will take, in proportion to their work.
 * Undefined before anything is known. Features count only while they are computed: later runs find them in the store.
 */
export function sweepSecondsLeft(
  runs: readonly SweepRunRecord[],
  current: CurrentRun | undefined,
): number | undefined {
  const done = runs.filter((run) => run.trainingSeconds !== undefined && run.state === 'done');
  const now = current && runs.find((run) => run.index === current.index);
  const isTraining = current !== undefined && Number.isFinite(current.elapsed);
  let seconds = done.reduce((sum, run) => sum + run.trainingSeconds!, 0);
  let work = done.reduce((sum, run) => sum + run.work, 0);
  if (now && isTraining) {
    seconds += current.elapsed + current.left;
    work += now.work;
  }
  if (work === 0) return undefined;
  const waiting = runs.filter(({ state, index }) => isOpen(state) && index !== current?.index);
  const ahead = waiting.reduce((sum, run) => sum + run.work, now && !isTraining ? now.work : 0);
  return (current?.left ?? 0) + (ahead * seconds) / work;
}

function isOpen(state: SweepRunRecord['state']): boolean {
  return state === 'waiting' || state === 'running' || state === 'stopped';
}
