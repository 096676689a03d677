import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
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
  const me: Holder = { ...ownIdentity(), host: hostname() };
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const file = await tryCreate(path);
    if (file) {
      await file.writeFile(JSON.stringify(me));
      await file.close();
      return hold(path);
    }
    const holder = await readHolder(path);
    if (!holder) continue;
    if (await isStale(path, holder)) {
      await removeStale(path, holder);
      continue;
    }
    if (!told) {
      onWait(`process ${holder.pid} on ${holder.host}`);
      told = true;
    }
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  }
}

/**
 * Two waiters may find the same stale lock, and the slower one must not remove the lock that the faster one has
 * taken since: the file is moved aside first, and put back if it is not the stale one.
 */
async function removeStale(path: string, stale: Holder): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.pid !== stale.pid || moved.start !== stale.start || moved.host !== stale.host)
    await link(aside, path);
  await rm(aside);
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
    await rm(path, { force: true });
  };
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
