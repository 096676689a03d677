import { counted } from '../../src/common/counted.ts';
import type { RunSummary } from '../../src/run/messages.ts';
import { isRunning } from './status.ts';

/** A run by itself, or the runs of a sweep. */
export type RunEntry =
  | { readonly run: RunSummary }
  | { readonly sweep: string; readonly runs: readonly RunSummary[] };

/**
 * Gathers the runs of each sweep where its newest one stands, so that a sweep of a hundred runs is one line.
 *
 * @param runs the newest first; those of a sweep come out in the order in which they are trained
 */
export function groupRuns(runs: readonly RunSummary[]): RunEntry[] {
  const sweeps = new Map<string, RunSummary[]>();
  const entries: RunEntry[] = [];
  for (const run of runs) {
    const known = run.sweep && sweeps.get(run.sweep.name);
    if (!run.sweep) entries.push({ run });
    else if (known) known.push(run);
    else {
      const members = [run];
      sweeps.set(run.sweep.name, members);
      entries.push({ sweep: run.sweep.name, runs: members });
    }
  }
  for (const members of sweeps.values()) members.sort((a, b) => a.sweep!.index - b.sweep!.index);
  return entries;
}

/** `12 runs`, `12 runs, 1 training, 2 failed` */
export function groupWords(runs: readonly RunSummary[]): string {
  const training = runs.filter((run) => isRunning(run.status)).length;
  const bad = runs.filter(({ status }) => status === 'failed' || status === 'killed').length;
  const words = [counted(runs.length, 'run')];
  if (training > 0) words.push(`${training} training`);
  if (bad > 0) words.push(`${bad} failed`);
  return words.join(', ');
}
