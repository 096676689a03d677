import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError } from './errors.ts';
import { ownIdentity, type ProcessIdentity } from './process.ts';

/** The process that holds a lock, as its file says. */
export interface Holder extends ProcessIdentity {
  readonly host: string;
}

/** Of a lock that is being written, or was when its process died. */
export const UNKNOWN_HOLDER: Holder = { pid: 0, start: '', host: '' };

/** Whether the holder of the lock at `path` is gone, so that the lock may be taken over. */
export type IsGone = (holder: Holder, path: string) => boolean;

/**
 * Takes a lock, or says who holds it. Several processes may find that the same holder is gone. The one that gets a
 * lock of its own on taking over looks again and then moves that very file into place: the lock is never absent
 * meanwhile, so nobody can create it anew, and whoever comes later finds a living holder. A process that dies while it
 * takes over is taken over in the same way.
 *
 * @returns the holder; undefined: this process holds it now
 */
export function tryLock(path: string, isGone: IsGone): Holder | undefined {
  for (;;) {
    if (create(path)) return undefined;
    const holder = readHolder(path);
    if (!holder) continue; // released just now
    if (!isGone(holder, path)) return holder;
    const claim = `${path}.takeover`;
    const faster = tryLock(claim, isGone);
    if (faster) return faster;
    const still = readHolder(path);
    if (still && isGone(still, path)) {
      renameSync(claim, path);
      return undefined;
    }
    rmSync(claim, { force: true });
  }
}

/** Releases a lock of this process; one that another has taken over stays. */
export function unlock(path: string): void {
  const holder = readHolder(path);
  const own = self();
  if (holder?.pid === own.pid && holder.start === own.start && holder.host === own.host)
    rmSync(path, { force: true });
}

/** Whether nothing has touched a lock for so many milliseconds. */
export function isOlderThan(path: string, milliseconds: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > milliseconds;
}

export function describeHolder({ pid, host }: Holder): string {
  return pid === 0 ? 'a process that has just begun' : `process ${pid} on ${host}`;
}

function self(): Holder {
  return { ...ownIdentity(), host: hostname() };
}

function create(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(self()), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined when the lock has just gone. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    if (error instanceof SyntaxError) return UNKNOWN_HOLDER;
    throw error;
  }
}
