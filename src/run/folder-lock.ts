import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError, MdfeError } from '../common/errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process.ts';

/** Two processes in one folder would mix their lines: the second is refused while the first lives. */
export function takeLock(path: string, dir: string): void {
  const own = JSON.stringify({ ...ownIdentity(), host: hostname() });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, own, { flag: 'wx' });
      return;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST') || attempt > 3) throw error;
      const holder = readLock(path);
      if (holder && (holder.host !== hostname() || isAlive(holder)))
        throw new MdfeError({
          code: 'run/in-use',
          what: `another process works in this run folder (pid ${holder.pid} on ${holder.host})`,
          where: dir,
          todo: `wait for it, stop it with: mdfe stop ${dir}, or train into another folder. If that process is gone for sure, delete ${path}`,
        });
      rmSync(path, { force: true }); // its owner is gone
    }
  }
}

export function releaseLock(path: string): void {
  rmSync(path, { force: true });
}

function readLock(path: string): (ProcessIdentity & { host: string }) | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // gone meanwhile, or cut off by a crash: not held
  }
}
