import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from './trainer-command.ts';

const POLL = 50; // ms
const KEEP = 7 * 24 * 3600 * 1000; // ms that output of old launches is kept

export type LaunchOutcome =
  /** The trainer has its run folder; from now on the folder tells everything. */
  | { readonly runDir: string }
  /** It ended before it had one. */
  | { readonly failed: { readonly exitCode: number | null; readonly stderr: string } };

/**
 * Starts the trainer so that it outlives this process: detached, and writing to files, because a pipe would break
 * when the window reloads. Resolves as soon as the trainer has said where its run folder is, or has ended.
 *
 * @param logDir folder for the trainer's output
 */
export async function launch(command: Command, cwd: string, logDir: string): Promise<LaunchOutcome> {
  await mkdir(logDir, { recursive: true });
  await removeOld(logDir);
  const base = join(logDir, `${Date.now()}-${process.pid}`);
  const stdout = openSync(`${base}.out`, 'wx');
  const stderr = openSync(`${base}.err`, 'wx');
  const child = spawn(command.program, command.args, {
    cwd: existsSync(cwd) ? cwd : undefined,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', stdout, stderr],
    env: command.env,
  });
  closeSync(stdout);
  closeSync(stderr);
  child.unref();

  let ended: { exitCode: number | null; error?: Error } | undefined;
  child.once('exit', (exitCode) => {
    ended = { exitCode };
  });
  child.once('error', (error) => {
    ended = { exitCode: null, error };
  });
  for (;;) {
    const over = ended; // looked at before reading, so that nothing written at the end is missed
    const runDir = announcedRun(await readFile(`${base}.out`, 'utf8'));
    if (runDir !== undefined) return { runDir };
    if (over) {
      const said = await readFile(`${base}.err`, 'utf8');
      return { failed: { exitCode: over.exitCode, stderr: over.error ? String(over.error.message) : said } };
    }
    await wait(POLL);
  }
}

/** The folder named by the line {"type":"run","dir":...} that the trainer prints first. */
export function announcedRun(output: string): string | undefined {
  for (const line of output.split('\n').slice(0, -1)) {
    if (!line.startsWith('{"type":"run"')) continue;
    const { dir } = JSON.parse(line) as { dir?: unknown };
    if (typeof dir === 'string') return dir;
  }
  return undefined;
}

async function removeOld(logDir: string): Promise<void> {
  const limit = Date.now() - KEEP;
  for (const name of await readdir(logDir)) {
    const path = join(logDir, name);
    if ((await stat(path)).mtimeMs < limit) await rm(path, { force: true });
  }
}
