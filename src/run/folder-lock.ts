import { hostname } from 'node:os';
import { MdfeError } from '../common/errors.ts';
import {
  describeHolder,
  type Holder,
  isOlderThan,
  tryLock,
  UNKNOWN_HOLDER,
  unlock,
} from '../common/lock-file.ts';
import { isAlive } from '../common/process.ts';

/** Writing a lock takes no time: one that is half-written for so long belongs to a process that died over it. */
const HALF_WRITTEN_MS = 10_000;

/** Two processes in one folder would mix their lines: the second is refused while the first lives. */
export function takeLock(path: string, dir: string): void {
  const holder = tryLock(path, isGone);
  if (!holder) return;
  throw new MdfeError({
    code: 'run/in-use',
    what: `another process works in this run folder (${describeHolder(holder)})`,
    where: dir,
    todo: `wait for it, stop it with: mdfe stop ${dir}, or train into another folder. If that process is gone for sure, delete ${path}`,
  });
}

export function releaseLock(path: string): void {
  unlock(path);
}

/** A process on another machine cannot be asked: it counts as alive. */
function isGone(holder: Holder, path: string): boolean {
  if (holder === UNKNOWN_HOLDER) return isOlderThan(path, HALF_WRITTEN_MS);
  return holder.host === hostname() && !isAlive(holder);
}
