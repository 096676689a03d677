import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isSystemError } from './errors.ts';

/** Identity of a process beyond its number, which the system reuses. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Differs between two processes that had the same pid; empty where the system does not tell. */
  readonly start: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: processStart(process.pid) ?? '' };
}

/** True while that very process runs: a reused pid does not count. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isSystemError(error, 'EPERM')) return false; // EPERM: it lives, under another user
  }
  const now = processStart(pid);
  if (now === undefined) return false;
  return start === '' || now === '' || now === start;
}

/**
 * When a process started, as the system says it: Linux boot id and clock ticks, elsewhere `ps`'s start time.
 * Undefined: no such process (or a zombie that only waits to be collected); '': the system does not tell.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return '';
  try {
    const args = ['-o', 'lstart=', '-p', String(pid)];
    // One text for all who ask, whatever their language and time zone.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', args, { encoding: 'utf8', env }).trim() || undefined;
  } catch {
    return undefined; // ps exits with 1 when there is no such process
  }
}

function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name (second field) may hold spaces and brackets: count from the last ')'.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ESRCH')) return undefined;
    throw error;
  }
}
