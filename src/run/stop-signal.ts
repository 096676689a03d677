import { hostname } from 'node:os';
import { isSystemError } from '../common/errors.ts';

/** Makes the process of a record notice the file `stop` at once, where a signal reaches it; else it finds the file. */
export function signalStop({ pid, host }: { readonly pid: number; readonly host: string }): void {
  if (host !== hostname() || process.platform === 'win32') return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It has just ended, or belongs to another user.
    if (!isSystemError(error, 'ESRCH') && !isSystemError(error, 'EPERM')) throw error;
  }
}
