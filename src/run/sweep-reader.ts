import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSystemError, MdfeError, usageError } from '../common/errors.ts';
import { observe } from './observe.ts';
import { isFolderName, sweepFile } from './paths.ts';
import { readRecordFile } from './record-file.ts';
import type { ObservedSweepStatus, SweepRecord } from './sweep-record.ts';

/** `sweep.json`; undefined when the folder is no sweep, an error when the file is damaged. */
export function readSweepRecord(dir: string): SweepRecord | undefined {
  return readRecordFile<SweepRecord>(
    sweepFile(dir, 'record'),
    ({ name, runs }) =>
      isFolderName(name) && Array.isArray(runs) && runs.every((run) => isFolderName(run?.name)),
    {
      code: 'sweep/damaged-record',
      what: 'this is not a record of a sweep that this version can read',
      todo: 'restore the file, or start the sweep again into another folder',
    },
  );
}

/** The same, where a sweep must be. */
export function requireSweepRecord(dir: string): SweepRecord {
  const record = readSweepRecord(dir);
  if (record) return record;
  throw noSweep(dir);
}

function noSweep(dir: string): MdfeError {
  return usageError({
    code: 'sweep/none',
    what: 'there is no sweep in this folder',
    where: dir,
    expected: 'sweep.json',
    todo: 'name the folder that mdfe sweep printed; mdfe runs lists all',
  });
}

/** A sweep as it is now. */
export interface ObservedSweep {
  readonly record: SweepRecord;
  readonly status: ObservedSweepStatus;
}

/** Undefined when the folder is no sweep. */
export function observeSweep(dir: string): ObservedSweep | undefined {
  const found = observe(
    () => readSweepRecord(dir),
    ({ status }) => status === 'running',
  );
  return found && { record: found.record, status: found.killed ? 'killed' : found.record.status };
}

/** The same, where a sweep must be. */
export function requireSweep(dir: string): ObservedSweep {
  const sweep = observeSweep(dir);
  if (sweep) return sweep;
  throw noSweep(dir);
}

/** Folder of a run of a sweep. */
export function runDirOf(sweepDir: string, run: { readonly name: string }): string {
  return join(dirname(resolve(sweepDir)), run.name);
}

export interface FoundSweep extends ObservedSweep {
  readonly dir: string;
}

/** The sweeps under an output folder, newest first. */
export function listSweeps(outputDir: string): FoundSweep[] {
  let names: string[];
  try {
    names = readdirSync(outputDir);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
    throw error;
  }
  const found: FoundSweep[] = [];
  for (const name of names) {
    const dir = join(outputDir, name);
    try {
      const sweep = observeSweep(dir);
      if (sweep) found.push({ dir, ...sweep });
    } catch (error) {
      if (!(error instanceof MdfeError)) throw error; // one damaged record must not hide the others
    }
  }
  return found.sort((a, b) => b.record.created.localeCompare(a.record.created));
}
