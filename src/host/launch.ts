import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LineReader } from './line-reader.ts';
import { removeOlder } from './remove-older.ts';
import { type Command, cannotStart } from './trainer-command.ts';

const POLL = 50; // ms
const KEEP = 7 * 24 * 3600 * 1000; // ms that output of old launches is kept

export type LaunchOutcome =
  /** The trainer has its run folder; from now on the folder tells everything. */
  | { readonly runDir: string }
  /** It ended before it had one. */
  | { readonly failed: { readonly exitCode: number | null; readonly stderr: string } };

export interface LaunchHooks {
  /** What the trainer does before it has a run folder, e.g. a download. */
  readonly onStatus?: (text: string) => void;
  /** Ends a trainer that has no run folder yet. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the trainer so that it outlives this process: detached, and writing to files, because a pipe would break
 * when the window reloads. Resolves as soon as the trainer has said where its run folder is, or has ended.
 *
 * @param logDir folder for the trainer's output
 */
export async function launch(
  command: Command,
  logDir: string,
  { onStatus, signal }: LaunchHooks = {},
): Promise<LaunchOutcome> {
  await mkdir(logDir, { recursive: true });
  await removeOlder(logDir, Date.now() - KEEP);
  const base = join(logDir, `${Date.now()}-${randomUUID()}`);
  const stdout = openSync(`${base}.out`, 'wx');
  const stderr = openSync(`${base}.err`, 'wx');
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
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
  const end = () => child.kill('SIGTERM');
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const output = new LineReader(`${base}.out`);
  for (;;) {
    const over = ended; // looked at before reading, so that nothing written at the end is missed
    for (const line of await output.newLines()) {
      const said = announcement(line);
      if (said?.type === 'run') return { runDir: said.dir };
      if (said?.type === 'status') onStatus?.(said.text);
    }
    if (over) {
      const said = await readFile(`${base}.err`, 'utf8');
      return {
        failed: {
          exitCode: over.exitCode,
          stderr: over.error ? cannotStart(command.program, over.error) : said,
        },
      };
    }
    await wait(POLL);
  }
}

type Announcement =
  | { readonly type: 'run'; readonly dir: string }
  | { readonly type: 'status'; readonly text: string };

/** What a line of the trainer's output says before the run's own events, which the run folder has too. */
export function announcement(line: string): Announcement | undefined {
  if (!/^\{"type":"(run|status)"/.test(line)) return undefined;
  const said = JSON.parse(line) as { type: string; dir?: unknown; text?: unknown };
  if (said.type === 'run' && typeof said.dir === 'string') return { type: 'run', dir: said.dir };
  if (said.type === 'status' && typeof said.text === 'string') return { type: 'status', text: said.text };
  return undefined;
}
