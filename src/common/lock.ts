import { utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeHolder, type Holder, isOlderThan, tryLock, unlock } from './lock-file.ts';
import { isAlive } from './process.ts';

const BEAT_MS = 5_000;
/** A holder on another machine cannot be asked whether it lives; its lock counts so long after the last beat. */
const STALE_MS = 60_000;
const POLL_MS = 500;

/** Lets one process at a time write into a folder: {@link lockFile} on its `lock.json`. */
export function lockFolder(
  folder: string,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  return lockFile(join(folder, 'lock.json'), onWait, signal);
}

/**
 * Takes a lock that one process at a time can hold. Waits while another live one holds it; a dead one's lock is
 * taken over.
 *
 * @param onWait called once with the holder's pid and machine
 * @returns releases the lock
 */
export async function lockFile(
  path: string,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const holder = tryLock(path, isGone);
    if (!holder) return hold(path);
    if (!told) onWait(describeHolder(holder));
    told = true;
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  }
}

function isGone(holder: Holder, path: string): boolean {
  return holder.host === hostname() ? !isAlive(holder) : isOlderThan(path, STALE_MS);
}

function hold(path: string): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    // A failed beat only makes the lock look old; releasing reports what is wrong with the folder.
    utimes(path, now, now).catch(() => clearInterval(beat));
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    unlock(path);
  };
}
