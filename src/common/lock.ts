import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from './errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process.ts';

interface Holder extends ProcessIdentity {
  readonly host: string;
}

const BEAT_MS = 5_000;
/** A holder on another machine cannot be asked whether it lives; its lock counts so long after the last beat. */
const STALE_MS = 60_000;
const POLL_MS = 500;
const TAKEOVER_POLL_MS = 5;

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
export function lockFile(
  path: string,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  return acquire(path, POLL_MS, onWait, signal);
}

async function acquire(
  path: string,
  pollMs: number,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  const me: Holder = { ...ownIdentity(), host: hostname() };
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const file = await tryCreate(path);
    if (file) {
      await file.writeFile(JSON.stringify(me));
      await file.close();
      return hold(path, me);
    }
    const holder = await readHolder(path);
    if (!holder) continue;
    if (await isStale(path, holder)) {
      if (await takeOver(path, me, signal)) return hold(path, me);
      continue;
    }
    if (!told) {
      onWait(`process ${holder.pid} on ${holder.host}`);
      told = true;
    }
    await sleep(pollMs, undefined, signal ? { signal } : {});
  }
}

/**
 * Several waiters may find the same stale lock. They take turns under a lock of their own, look again, and the first
 * puts its name over the dead one's in one step: the lock is never absent meanwhile, so nobody can create it anew.
 * The second lock is held for a moment only; should its holder die just then, it is taken over in the same way.
 */
async function takeOver(path: string, me: Holder, signal?: AbortSignal): Promise<boolean> {
  const release = await acquire(`${path}.takeover`, TAKEOVER_POLL_MS, () => undefined, signal);
  try {
    const holder = await readHolder(path);
    if (!holder || !(await isStale(path, holder))) return false;
    const own = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(own, JSON.stringify(me));
      await rename(own, path);
    } finally {
      await rm(own, { force: true });
    }
    return true;
  } finally {
    await release();
  }
}

function hold(path: string, me: Holder): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    // A failed beat only makes the lock look old; releasing reports what is wrong with the folder.
    utimes(path, now, now).catch(() => clearInterval(beat));
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    // Another machine may have taken it over, if no beat came through for long.
    if (isSame(await readHolder(path), me)) await rm(path, { force: true });
  };
}

function isSame(a: Holder | undefined, b: Holder): boolean {
  return a?.pid === b.pid && a.start === b.start && a.host === b.host;
}

async function tryCreate(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** Undefined when the lock has just gone. A half-written one has an unknown holder, so that its age decides. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    if (error instanceof SyntaxError) return { pid: 0, start: '', host: '' };
    throw error;
  }
}

async function isStale(path: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname()) return !isAlive(holder);
  try {
    return Date.now() - (await stat(path)).mtimeMs > STALE_MS;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}
