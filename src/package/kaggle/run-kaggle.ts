import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isSystemError, MdfeError } from '../../common/errors.ts';
import { isOffline, OFFLINE_VARIABLE } from '../../net/offline.ts';

/** What the official command line answered; it ends with 0 after some failures too. */
export interface KaggleAnswer {
  readonly exitCode: number | null;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

export type RunKaggle = (args: readonly string[]) => Promise<KaggleAnswer>;

export interface RunKaggleHooks {
  /** Each piece as it comes; progress bars end with a carriage return. */
  readonly onOutput?: ((text: string) => void) | undefined;
  /** Ends the command; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs the official command line: arguments as a list, never through a shell. */
export function kaggleRunner(program: string, { onOutput, signal }: RunKaggleHooks): RunKaggle {
  return (args) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (isOffline()) throw offline();
      const child = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' },
      });
      const stop = () => child.kill('SIGTERM');
      signal?.addEventListener('abort', stop, { once: true });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          onOutput?.(text);
        });
      child.once('error', (error) => {
        signal?.removeEventListener('abort', stop);
        reject(cannotStart(program, error));
      });
      child.once('close', (exitCode) => {
        signal?.removeEventListener('abort', stop);
        if (signal?.aborted) reject(signal.reason);
        else resolve({ exitCode, output });
      });
    });
}

function offline(): MdfeError {
  return new MdfeError({
    code: 'kaggle/offline',
    what: `${OFFLINE_VARIABLE} forbids to use the network, so nothing goes to Kaggle`,
    todo: `unset ${OFFLINE_VARIABLE} and publish again`,
  });
}

function cannotStart(program: string, cause: Error): MdfeError {
  return new MdfeError({
    code: 'kaggle/cannot-start',
    what: "Kaggle's command line cannot be started",
    where: program,
    got: cause.message,
    todo: 'check the setting mdfe.kagglePath, or install it again: pip install kaggle',
    cause,
  });
}

/** The `kaggle` of the path; undefined where it is not installed. */
export function findKaggle(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const names = process.platform === 'win32' ? ['kaggle.exe'] : ['kaggle'];
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].some((code) => isSystemError(error, code))) return false;
    throw error;
  }
}
