import { dirname, join } from 'node:path';
import { readRunRecord } from '../../run/reader.ts';
import { observeSweep } from '../../run/sweep-reader.ts';

/**
 * Folder of the sweep that goes on when this run does: it was stopped or killed in the middle of the run. Undefined
 * for a run by itself, and for one that failed in a sweep that went on without it.
 */
export function interruptedSweep(runDir: string): string | undefined {
  const sweep = readRunRecord(runDir)?.sweep;
  if (!sweep) return undefined;
  const dir = join(dirname(runDir), sweep.name);
  const found = observeSweep(dir);
  const run = found?.record.runs.find(({ index }) => index === sweep.index);
  if (!found || !run || found.status === 'running') return undefined;
  return run.state === 'stopped' || run.state === 'running' ? dir : undefined;
}
