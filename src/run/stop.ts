import { writeFileSync } from 'node:fs';
import { MdfeError } from '../common/errors.ts';
import { runFile } from './paths.ts';
import { isRunning, requireRun } from './reader.ts';
import { signalStop } from './stop-signal.ts';

/**
 * Asks a run to write a checkpoint and end. The file `stop` reaches it everywhere (also over a shared disk); the
 * signal makes it notice at once.
 */
export function requestStop(dir: string): void {
  const { record, status } = requireRun(dir);
  if (!isRunning(status))
    throw new MdfeError({
      code: 'run/not-running',
      what: `this run does not run any more (${status})`,
      where: dir,
      todo: status === 'done' ? undefined : `nothing is left to stop; go on with: mdfe train --resume ${dir}`,
    });
  writeFileSync(runFile(dir, 'stop'), '');
  signalStop(record);
}
