import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { MdfeError } from '../common/errors.ts';
import { runFile } from './paths.ts';
import { isAlive } from './process.ts';
import { isRunning, observeStatus, requireRunRecord } from './reader.ts';

/**
 * Asks a run to write a checkpoint and end. The file `stop` reaches it everywhere (also over a shared disk); the
 * signal makes it notice at once.
 */
export function requestStop(dir: string): void {
  const record = requireRunRecord(dir);
  const status = observeStatus(record, hostname());
  if (!isRunning(status))
    throw new MdfeError({
      code: 'run/not-running',
      what: `this run does not run any more (${status})`,
      where: dir,
    });
  writeFileSync(runFile(dir, 'stop'), '');
  const identity = { pid: record.pid, start: record.processStart };
  if (record.host === hostname() && process.platform !== 'win32' && isAlive(identity))
    process.kill(record.pid, 'SIGTERM');
}
