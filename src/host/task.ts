import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ProgressLine } from '../run/retrieval-messages.ts';
import { type Command, cannotStart } from './trainer-command.ts';

const STOPPED = 130; // exit code of a command that was asked to stop

export interface TaskHooks {
  readonly onProgress?: (line: ProgressLine) => void;
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

/** A command that was stopped on request. */
export class TaskStopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'TaskStopped';
  }
}

/** A command that failed; the message is what it said. */
export class TaskFailed extends Error {
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null) {
    super(message);
    this.name = 'TaskFailed';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command with `--json-progress` to its end.
 *
 * @returns what it printed on standard output
 * @throws TaskFailed, TaskStopped
 */
export function runTask(command: Command, { onProgress, signal }: TaskHooks = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new TaskStopped());
      return;
    }
    const child = spawn(command.program, command.args, {
      env: command.env,
      cwd: command.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    const printed: string[] = [];
    const said: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(text));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const progress = readProgress(line);
      if (progress) onProgress?.(progress);
      else said.push(line);
    });
    child.once('error', (error) => {
      signal?.removeEventListener('abort', stop);
      reject(new TaskFailed(cannotStart(command.program, error), null));
    });
    child.once('close', (exitCode) => {
      signal?.removeEventListener('abort', stop);
      if (exitCode === 0) resolve(printed.join(''));
      else if (signal?.aborted || exitCode === STOPPED) reject(new TaskStopped());
      else {
        const text = said.join('\n').trim();
        reject(
          new TaskFailed(text || `the command ended with exit code ${exitCode} and no message`, exitCode),
        );
      }
    });
  });
}

/** Undefined for what is said to people. */
export function readProgress(line: string): ProgressLine | undefined {
  return /^\{"type":"(status|note)","text":/.test(line) ? (JSON.parse(line) as ProgressLine) : undefined;
}
