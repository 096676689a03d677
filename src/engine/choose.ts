import { MdfeError } from '../common/errors.ts';
import type { EngineReport } from '../run/events.ts';
import { useCudaDevice } from './cuda.ts';
import { parseDevice } from './device.ts';
import {
  type EngineName,
  EngineUnavailable,
  type EngineUse,
  type Started,
  type StartOptions,
} from './names.ts';
import { requireOptional } from './optional-package.ts';
import { ENGINES, enginesFor } from './table.ts';
import { tryApart } from './trial.ts';

/** What one engine says when it is tried on this machine. */
export interface EngineTrial {
  readonly name: EngineName;
  readonly what: string;
  readonly available: boolean;
  /** The device in words; absent when not available. */
  readonly device?: string;
  /** Why it is not available. */
  readonly reason?: string;
  readonly todo?: string;
}

export interface ChosenEngine {
  readonly name: EngineName;
  readonly report: EngineReport;
}

/** Tries every engine, also those that would not be chosen, each in a process of its own. */
export async function listEngines(forWhat: EngineUse = 'probe'): Promise<EngineTrial[]> {
  const trials: EngineTrial[] = [];
  for (const name of enginesFor(forWhat)) trials.push(await tryEngine(name, {}, tryOnly));
  return trials;
}

/**
 * Starts the best engine that `device` allows, in this process, and reports why each better one was not used. What
 * was asked for by name and cannot run is an error, never replaced by something else.
 */
export async function chooseEngine(request: {
  readonly device: string;
  readonly forWhat: EngineUse;
  readonly threads?: number | undefined;
  /** Ends a trial that is under way. */
  readonly signal?: AbortSignal | undefined;
}): Promise<ChosenEngine> {
  const { candidates, options: deviceOptions, cudaDevice } = parseDevice(request.device, request.forWhat);
  const options = { ...deviceOptions, threads: request.threads };
  const rejected: { name: string; reason: string }[] = [];
  const trials: EngineTrial[] = [];
  const how: typeof tryOnly = async (...trial) => {
    if (cudaDevice !== undefined) useCudaDevice(cudaDevice);
    return tryThenStart(...trial);
  };
  for (const name of enginesFor(request.forWhat)) {
    if (!candidates.includes(name)) {
      rejected.push({ name, reason: `not asked for (--device ${request.device})` });
      continue;
    }
    const trial = await tryEngine(name, options, how, request.signal);
    if (trial.available) return { name, report: { name, device: trial.device!, rejected } };
    rejected.push({ name, reason: trial.reason! });
    trials.push(trial);
  }
  throw notThere(request.device, trials);
}

async function tryOnly(name: EngineName, options: StartOptions, signal?: AbortSignal): Promise<Started> {
  const { needs } = ENGINES[name];
  if (needs) requireOptional(needs);
  return tryApart({ engine: name, options }, { signal });
}

async function tryThenStart(name: EngineName, options: StartOptions, signal?: AbortSignal): Promise<Started> {
  const { isolated, start } = ENGINES[name];
  if (isolated) await tryOnly(name, options, signal);
  return start(options);
}

async function tryEngine(
  name: EngineName,
  options: StartOptions,
  how: typeof tryOnly,
  signal?: AbortSignal,
): Promise<EngineTrial> {
  const { what } = ENGINES[name];
  try {
    const { device } = await how(name, options, signal);
    return { name, what, available: true, device };
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    return {
      name,
      what,
      available: false,
      reason: error.message,
      ...(error.todo && { todo: error.todo }),
    };
  }
}

function notThere(device: string, trials: readonly EngineTrial[]): MdfeError {
  const todo = trials.flatMap((t) => (t.todo ? [t.todo] : []));
  return new MdfeError({
    code: 'engine/not-available',
    what: 'the device that was asked for cannot be used on this machine',
    where: `--device ${device}`,
    got: trials.map((t) => `${t.name}: ${t.reason}`).join('; '),
    todo: [...todo, 'or let --device auto choose; mdfe doctor shows what is there'].join('; '),
  });
}
