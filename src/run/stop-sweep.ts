import { writeFileSync } from 'node:fs';
import { MdfeError } from '../common/errors.ts';
import { sweepFile } from './paths.ts';
import { signalStop } from './stop-signal.ts';
import { requireSweep } from './sweep-reader.ts';

/** Asks a sweep to stop the run that it trains after a checkpoint, and to begin no other. As `requestStop` of a run. */
export function requestSweepStop(dir: string): void {
  const { record, status } = requireSweep(dir);
  if (status !== 'running')
    throw new MdfeError({
      code: 'sweep/not-running',
      what: `this sweep does not run any more (${status})`,
      where: dir,
    });
  writeFileSync(sweepFile(dir, 'stop'), '');
  signalStop(record);
}
