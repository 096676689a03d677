import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../common/errors.ts';

const HEAD = 64 * 1024; // bytes within which a trainer says where its run folder is

/**
 * Why the trainer of a run ended, where it could not write so into the run folder: a full disk, no memory left. Undefined
 * where it said nothing, and for runs that were not started here.
 *
 * @param logDir folder with the output of trainers, the names in the order of their starts
 */
export async function lastWords(logDir: string, runDir: string): Promise<string | undefined> {
  const announcement = JSON.stringify({ type: 'run', dir: runDir });
  for (const name of (await outputs(logDir)).reverse()) {
    if (!(await head(join(logDir, name))).includes(announcement)) continue;
    return reason(await readFile(join(logDir, name.replace(/out$/, 'err')), 'utf8'));
  }
  return undefined;
}

/** The error in what a program said: ours, else that of its runtime. */
export function reason(said: string): string | undefined {
  const ours = said.lastIndexOf('error: ');
  if (ours === 0 || said[ours - 1] === '\n') return said.slice(ours + 'error: '.length).trim();
  return /^.*(?:FATAL ERROR|terminate called|bad_alloc|Cannot allocate memory).*$/m.exec(said)?.[0];
}

async function outputs(logDir: string): Promise<string[]> {
  try {
    return (await readdir(logDir)).filter((name) => name.endsWith('.out')).sort();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []; // nothing was ever started here
    throw error;
  }
}

async function head(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
