import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { MdfeError } from '../common/errors.ts';
import { sweepFile } from './paths.ts';
import { observeSweep } from './sweep-reader.ts';
import type { SweepRecord } from './sweep-record.ts';

/** Asks a sweep to stop the run that it trains after a checkpoint, and to begin no other. As `requestStop` of a run. */
export function requestSweepStop(dir: string, record: SweepRecord): void {
  const status = observeSweep(record);
  if (status !== 'running')
    throw new MdfeError({
      code: 'sweep/not-running',
      what: `this sweep does not run any more (${status})`,
      where: dir,
    });
  writeFileSync(sweepFile(dir, 'stop'), '');
  if (record.host === hostname() && process.platform !== 'win32') process.kill(record.pid, 'SIGTERM');
}
