import { type ChildProcess, spawn } from 'node:child_process';
import { distFile } from '../../src/common/dist.ts';

export interface Finished {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line. */
export function mdfe(...args: readonly string[]): Promise<Finished> {
  return start(args).finished;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** @param onLine is given each line of standard output */
export function start(
  args: readonly string[],
  onLine: (line: string) => void = () => {},
  { preload = [], env = {} }: { readonly preload?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(process.execPath, [...preload, distFile('cli.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  let partial = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const lines = (partial + text).split('\n');
    partial = lines.pop()!;
    for (const line of lines) onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal!, stdout, stderr }));
  });
  return { child, finished };
}

/** Where a command is interrupted: once it has printed such an event as a line of JSON. */
export interface Interruption {
  readonly signal: NodeJS.Signals;
  readonly type: 'step' | 'features' | 'status';
  /** Steps or images that are done then. */
  readonly least?: number;
  /** Which run of a sweep. */
  readonly run?: number;
}

/** Runs a command that prints its events and gets the signal at that very place. */
export function interrupted(args: readonly string[], where: Interruption): Promise<Finished> {
  const preload = ['--import', new URL('signal-itself.mjs', import.meta.url).href];
  return start(args, undefined, { preload, env: { MDFE_TEST_SIGNAL: JSON.stringify(where) } }).finished;
}
