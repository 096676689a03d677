import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from '../common/errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../run/process.ts';

interface Holder extends ProcessIdentity {
  readonly host: string;
}

const BEAT_MS = 5_000;
/** A holder on another machine cannot be asked whether it lives; its lock counts so long after the last beat. */
const STALE_MS = 60_000;
const POLL_MS = 500;

/**
 * Lets one process at a time write into a folder. Waits while another live one holds the lock; a dead one's lock is
 * taken over.
 *
 * @param onWait called once with the holder's pid and machine
 * @returns releases the lock
 */
export async function lockFolder(
  folder: string,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  const path = join(folder, 'lock.json');
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
    if (holder && (await isStale(path, holder))) {
      await rm(path, { force: true });
      continue;
    }
    if (holder && !told) {
      onWait(`process ${holder.pid} on ${holder.host}`);
      told = true;
    }
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  }
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
