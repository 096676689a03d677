import { spawn } from 'node:child_process';
import { distFile } from '../common/dist.ts';
import {
  type EngineName,
  EngineUnavailable,
  type Provider,
  type Started,
  type StartOptions,
} from './names.ts';

/** What the process of a trial prints, after `TRIAL_MARK`, on a line of its own. */
export type TrialResult =
  | { readonly ok: true; readonly device: string }
  | { readonly ok: false; readonly reason: string; readonly todo?: string };

/** Native libraries print too: this finds our line. */
export const TRIAL_MARK = '@mdfe-trial ';

/** An engine of the trained part, or an execution provider of the frozen one. */
export type TrialRequest =
  | { readonly engine: EngineName; readonly options: StartOptions }
  | { readonly provider: Provider; readonly options: StartOptions };

/** Longest that a driver may take to start, milliseconds. A first start of CUDA compiles kernels. */
const LIMIT_MS = 60_000;

/**
 * Starts an engine in a process of its own and waits for its verdict: a driver that crashes or hangs takes only
 * that process with it.
 */
export async function tryApart(
  request: TrialRequest,
  {
    script = distFile('engine-trial.worker.mjs'),
    limitMs = LIMIT_MS,
    signal,
  }: {
    readonly script?: string;
    readonly limitMs?: number;
    /** Ends the process when nobody waits for its verdict any more. */
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Started> {
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, limitMs);
  const ended = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  }).finally(() => clearTimeout(timer));

  const line = output.split('\n').findLast((l) => l.startsWith(TRIAL_MARK));
  if (line) {
    const result = JSON.parse(line.slice(TRIAL_MARK.length)) as TrialResult;
    if (result.ok) return { device: result.device };
    throw new EngineUnavailable(result.reason, result.todo);
  }
  const last = errors.trim().split('\n').at(-1);
  throw new EngineUnavailable(
    timedOut
      ? `starting it did not end within ${limitMs / 1000} s`
      : `starting it ended the process that tried (${ended})${last ? `: ${last}` : ''}`,
    'update the GPU driver',
  );
}
