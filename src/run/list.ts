import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isSystemError, MdfeError } from '../common/errors.ts';
import type { RunSummary } from './messages.ts';
import { observeRun } from './reader.ts';

/**
 * The runs under an output folder, newest first. Folders that hold no run are passed over.
 * @param onDamaged told of each run whose record cannot be read; one must not hide the others
 */
export async function listRuns(
  outputDir: string,
  onDamaged: (error: MdfeError) => void = () => {},
): Promise<RunSummary[]> {
  let names: string[];
  try {
    names = (await readdir(outputDir, { withFileTypes: true }))
      .filter((e) => e.isDirectory())
      .map((e) => e.name);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
  const runs: RunSummary[] = [];
  for (const [i, name] of names.entries()) {
    if (i % 50 === 49) await yieldToOthers(); // the editor lists hundreds of runs beside its other work
    const summary = summarise(join(outputDir, name), onDamaged);
    if (summary) runs.push(summary);
  }
  return runs.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
}

function summarise(dir: string, onDamaged: (error: MdfeError) => void): RunSummary | undefined {
  try {
    const run = observeRun(dir);
    if (!run) return undefined;
    const { name, created, sweep } = run.record;
    return { runId: dir, name, status: run.status, created, ...(sweep && { sweep }) };
  } catch (error) {
    if (!(error instanceof MdfeError)) throw error;
    onDamaged(error);
    return undefined;
  }
}
