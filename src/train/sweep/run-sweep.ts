import { join } from 'node:path';
import { describeError, errorCode, usageError } from '../../common/errors.ts';
import { resolvedYaml } from '../../config/resolved-yaml.ts';
import type { Config } from '../../config/schema/index.ts';
import { applyOverrides } from '../../config/sweep/apply.ts';
import { readEvents, readRunRecord } from '../../run/reader.ts';
import type { RunOptions } from '../../run/record.ts';
import { SweepFolder } from '../../run/sweep-folder.ts';
import { requireSweepRecord, runDirOf } from '../../run/sweep-reader.ts';
import type { SweepRecord, SweepRunRecord } from '../../run/sweep-record.ts';
import { runOutcome } from '../../run/sweep-score.ts';
import { readResolvedConfig } from '../resolved-config.ts';
import { resumeTraining, startTraining, type TrainHooks, type TrainRequest } from '../run-training.ts';
import { checkFolders, planSweep } from './plan.ts';

export type SweepRequest = Omit<TrainRequest, 'sweep'>;

export interface SweepHooks extends Omit<TrainHooks, 'onRun'> {
  /** The folder of the sweep exists now. */
  readonly onSweep: (dir: string, record: SweepRecord) => void;
  /** The next run begins. */
  readonly onNext: (run: SweepRunRecord, record: SweepRecord) => void;
  /** Its folder exists now. */
  readonly onRun: (dir: string, run: SweepRunRecord) => void;
  /** It is done, failed or stopped. */
  readonly onRunEnd: (run: SweepRunRecord, record: SweepRecord) => void;
}

export interface SweepResult {
  readonly dir: string;
  readonly record: SweepRecord;
}

/** Trains all runs of a sweep, one after another. A run that fails is recorded, and the next one begins. */
export async function startSweep(request: SweepRequest, hooks: SweepHooks): Promise<SweepResult> {
  const { config, configText, outputDir, dataDir, name, options } = request;
  const plan = planSweep(config, name);
  await checkFolders(outputDir, dataDir, plan);
  const folder = SweepFolder.create(
    join(outputDir, name),
    {
      name,
      status: 'running',
      command: request.command,
      configFile: request.configFile,
      dataDir,
      options,
      method: config.SWEEP.method,
      ...plan,
    },
    { config: configText, resolved: resolvedYaml(config) },
  );
  return trainAll(folder, config, hooks);
}

export interface ResumeOptions {
  /** Override the recorded ones. */
  readonly change: Partial<RunOptions>;
  /** Failed runs are tried again, from their last checkpoint where they have one. */
  readonly retryFailed: boolean;
}

/** Goes on with a sweep: finished runs stay as they are, the one that was interrupted goes on from its checkpoint. */
export async function resumeSweep(
  dir: string,
  { change, retryFailed }: ResumeOptions,
  hooks: SweepHooks,
): Promise<SweepResult> {
  const before = requireSweepRecord(dir);
  const isOpen = ({ state }: SweepRunRecord) => state !== 'done' && (state !== 'failed' || retryFailed);
  if (!before.runs.some(isOpen)) {
    const failed = before.runs.some(({ state }) => state === 'failed');
    throw usageError({
      code: 'sweep/done',
      what: 'this sweep is complete',
      where: dir,
      todo: failed
        ? `mdfe sweep --resume ${dir} --retry-failed tries the failed runs again`
        : 'start a new one',
    });
  }
  const config = readResolvedConfig(dir);
  const folder = SweepFolder.reopen(dir, { status: 'running', options: { ...before.options, ...change } });
  for (const run of folder.record.runs)
    if (isOpen(run) && run.state !== 'waiting') folder.updateRun(run.index, { state: 'waiting' });
  return trainAll(folder, config, hooks);
}

const STOP_POLL_MS = 300;

async function trainAll(folder: SweepFolder, config: Config, hooks: SweepHooks): Promise<SweepResult> {
  const asked = new AbortController();
  const timer = setInterval(() => folder.stopRequested && asked.abort(), STOP_POLL_MS);
  const signal = AbortSignal.any([hooks.signal, asked.signal]);
  try {
    hooks.onSweep(folder.dir, folder.record);
    for (const { index, state } of folder.record.runs) {
      if (state !== 'waiting') continue;
      if (signal.aborted || !(await trainOne(folder, config, index, { ...hooks, signal }))) {
        folder.update({ status: 'stopped' });
        return { dir: folder.dir, record: folder.record };
      }
    }
    folder.update({ status: 'done' });
    return { dir: folder.dir, record: folder.record };
  } finally {
    clearInterval(timer);
    folder.close();
  }
}

/** @returns false when the sweep is to stop */
async function trainOne(
  folder: SweepFolder,
  config: Config,
  index: number,
  hooks: SweepHooks,
): Promise<boolean> {
  const change = (to: Partial<SweepRunRecord>) => folder.updateRun(index, to);
  change({ state: 'running' });
  hooks.onNext(runAt(folder, index), folder.record);
  const dir = runDirOf(folder.dir, runAt(folder, index));
  try {
    const status = await trainOrResume(folder, config, index, hooks);
    if (status === 'stopped') change({ state: 'stopped' });
    else change({ state: 'done', ...runOutcome(readEvents(dir), folder.record.metric) });
    return status !== 'stopped';
  } catch (error) {
    if (hooks.signal.aborted && error === hooks.signal.reason) {
      change({ state: readRunRecord(dir) ? 'stopped' : 'waiting' });
      return false;
    }
    const code = errorCode(error);
    change({ state: 'failed', error: { code, text: describeError(error) } });
    return !hooks.signal.aborted;
  } finally {
    hooks.onRunEnd(runAt(folder, index), folder.record);
  }
}

async function trainOrResume(
  folder: SweepFolder,
  config: Config,
  index: number,
  hooks: SweepHooks,
): Promise<'done' | 'stopped'> {
  const { record } = folder;
  const run = runAt(folder, index);
  const dir = runDirOf(folder.dir, run);
  const before = readRunRecord(dir);
  // The process ended between the end of the run and the word of it in the sweep's record.
  if (before?.status === 'done') return 'done';
  const trainHooks: TrainHooks = { ...hooks, onRun: (runDir) => hooks.onRun(runDir, run) };
  if (before) return (await resumeTraining(dir, record.options, trainHooks)).status;
  const own = applyOverrides(config, run.overrides);
  const { status } = await startTraining(
    {
      config: own,
      configText: `# Run ${index} of the sweep ${record.name}: ${run.label}\n${resolvedYaml(own)}`,
      configFile: record.configFile,
      dataDir: record.dataDir,
      outputDir: join(dir, '..'),
      name: run.name,
      options: record.options,
      command: record.command,
      sweep: { name: record.name, index, label: run.label },
    },
    trainHooks,
  );
  return status;
}

function runAt(folder: SweepFolder, index: number): SweepRunRecord {
  return folder.record.runs[index - 1]!;
}
