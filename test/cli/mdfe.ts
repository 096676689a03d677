import { type ChildProcess, spawn } from 'node:child_process';
import { distFile } from '../../src/common/dist.ts';
import type { RunEvent } from '../../src/run/events.ts';

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
export function start(args: readonly string[], onLine: (line: string) => void = () => {}): Running {
  const child = spawn(process.execPath, [distFile('cli.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
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

/** Starts `mdfe train ... --json` and calls `act` once, with the run folder, when the run has done `steps` steps. */
export function startAndActAfter(
  steps: number,
  args: readonly string[],
  act: (running: ChildProcess, dir: string) => void,
): Promise<Finished> {
  let dir = '';
  let acted = false;
  const running = start([...args, '--json'], (line) => {
    const event = JSON.parse(line) as RunEvent | { type: 'run'; dir: string };
    if (event.type === 'run') dir = event.dir;
    if (event.type !== 'step' || acted || event.first + event.loss.length - 1 < steps) return;
    acted = true;
    act(running.child, dir);
  });
  return running.finished;
}
