import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, MdfeError } from '../common/errors.ts';
import { parseConfig } from '../config/parse.ts';
import { resolvedYaml } from '../config/resolved-yaml.ts';
import type { Config } from '../config/schema/index.ts';
import type { FeatureResult } from '../features/request.ts';
import type { RunEvent } from '../run/events.ts';
import { RunFolder } from '../run/folder.ts';
import { foldEvents, type RunHistory } from '../run/history.ts';
import { runFile } from '../run/paths.ts';
import { readEvents, requireRunRecord } from '../run/reader.ts';
import type { RunOptions } from '../run/record.ts';
import { drawCharts } from './charts.ts';
import { type Position, readCheckpoint, readWeights } from './checkpoint.ts';
import { type Experiment, prepareExperiment } from './experiment.ts';
import { fillStore } from './fill-store.ts';
import { type LoopOptions, type LoopResult, TrainingLoop } from './loop.ts';
import { planTraining, type TrainingPlan } from './plan.ts';
import { createProbe } from './probe/create.ts';
import type { ProbeEngine } from './probe/engine.ts';
import { versions } from './versions.ts';

export interface TrainRequest {
  readonly config: Config;
  /** The file as it was given; copied into the run folder. */
  readonly configText: string;
  readonly configFile: string;
  readonly dataDir: string;
  readonly outputDir: string;
  /** Name of the run and of its folder. */
  readonly name: string;
  readonly options: RunOptions;
  /** The command line, for the record. */
  readonly command: readonly string[];
}

export interface TrainHooks {
  /** What happens before there is a run folder, e.g. a download; one line, several times a second. */
  readonly onStatus: (text: string) => void;
  /** The run folder exists now. */
  readonly onRun: (dir: string) => void;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

export interface TrainResult extends LoopResult {
  readonly dir: string;
  readonly history: RunHistory;
}

/** Trains from the start. Everything that can be refused is, before the run folder is made. */
export async function startTraining(request: TrainRequest, hooks: TrainHooks): Promise<TrainResult> {
  const { config, options, name } = request;
  const experiment = await prepareExperiment(config, request.dataDir, options, hooks);
  const engine = await createProbe(experiment.probe, options);
  try {
    if (options.initFrom) await engine.importState(await readWeights(options.initFrom));
    const { figures } = planTraining(experiment.config, experiment.dataset.length, options.shuffle);
    const dir = join(request.outputDir, name);
    mkdirSync(request.outputDir, { recursive: true });
    const folder = RunFolder.create(
      dir,
      {
        name,
        status: 'starting',
        command: request.command,
        configFile: request.configFile,
        dataDir: request.dataDir,
        options,
        seed: config.SEED,
        step: 0,
        epoch: 0,
        totalSteps: figures.iterations,
        epochs: figures.epochs,
        trainEngine: engine.report,
        versions: versions(),
      },
      hooks.onEvent,
    );
    writeFileSync(runFile(dir, 'config'), request.configText);
    writeFileSync(runFile(dir, 'resolved'), resolvedYaml(experiment.config));
    hooks.onRun(dir);
    return await inFolder(folder, hooks, (signal) =>
      train(folder, experiment, engine, { step: 0, epoch: 0, fingerprint: experiment.fingerprint }, signal),
    );
  } finally {
    await engine.dispose();
  }
}

/** Goes on from the newest checkpoint, or from the start where there is none. `change` overrides recorded options. */
export async function resumeTraining(
  dir: string,
  change: Partial<RunOptions>,
  hooks: TrainHooks,
): Promise<TrainResult> {
  const record = requireRunRecord(dir);
  if (record.status === 'done')
    throw new MdfeError({
      code: 'run/done',
      what: 'this run is complete',
      where: dir,
      todo: 'start a new run',
    });
  const config = readResolved(dir);
  const options = { ...record.options, ...change };
  const experiment = await prepareExperiment(config, record.dataDir, options, hooks);
  const engine = await createProbe(experiment.probe, options);
  try {
    const folder = RunFolder.reopen(
      dir,
      { status: 'starting', options, trainEngine: engine.report, versions: versions() },
      hooks.onEvent,
    );
    hooks.onRun(dir);
    return await inFolder(folder, hooks, async (signal) => {
      const from = await restore(folder, experiment, engine, options);
      return train(folder, experiment, engine, from, signal);
    });
  } finally {
    await engine.dispose();
  }
}

async function restore(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  options: RunOptions,
): Promise<Position> {
  const { lastCheckpoint } = folder.record;
  if (!lastCheckpoint) {
    if (options.initFrom) await engine.importState(await readWeights(options.initFrom));
    return { step: 0, epoch: 0, fingerprint: experiment.fingerprint };
  }
  const { state, position } = await readCheckpoint(folder.dir, lastCheckpoint);
  if (position.fingerprint !== experiment.fingerprint)
    throw new MdfeError({
      code: 'run/changed',
      what: 'configuration or data are not those that this run was started with',
      where: folder.dir,
      expected: position.fingerprint,
      got: experiment.fingerprint,
      todo: 'restore them, or start a new run with --init-from and the newest checkpoint',
    });
  await engine.importState(state);
  return position;
}

/** The resolved configuration is what ran; `config.yaml` may read differently with another version's defaults. */
function readResolved(dir: string): Config {
  const path = runFile(dir, 'resolved');
  if (!existsSync(path))
    throw new MdfeError({
      code: 'run/incomplete',
      what: 'the run has no resolved.yaml',
      where: path,
      todo: 'train again',
    });
  const { config, problems } = parseConfig(readFileSync(path, 'utf8'), path);
  if (config) return config;
  throw new MdfeError({
    code: 'run/damaged-config',
    what: 'the resolved configuration of this run cannot be read',
    where: path,
    got: problems.map((p) => p.message).join('; '),
    todo: 'restore the file, or train again',
  });
}

/** Runs `action` with the folder's life around it: stop requests, outcome, charts, closing. */
async function inFolder(
  folder: RunFolder,
  hooks: TrainHooks,
  action: (signal: AbortSignal) => Promise<LoopResult>,
): Promise<TrainResult> {
  const started = performance.now();
  const stopping = watchStopFile(folder, hooks.signal);
  try {
    const result = await action(stopping.signal);
    const history = foldEvents(readEvents(folder.dir));
    if (history.step > 0) await drawCharts(folder.dir, history);
    folder.update({ status: result.status, step: result.step });
    const seconds = (performance.now() - started) / 1000;
    folder.emit({ type: 'end', status: result.status, step: result.step, seconds });
    return { ...result, dir: folder.dir, history };
  } catch (error) {
    recordFailure(folder, error);
    throw error;
  } finally {
    stopping.dispose();
    folder.close();
  }
}

function recordFailure(folder: RunFolder, error: unknown): void {
  const code = error instanceof MdfeError ? error.code : 'internal';
  const text = describeError(error);
  try {
    folder.update({ status: 'failed', error: { code, text } });
    folder.emit({ type: 'error', code, text });
  } catch (second) {
    // A full disk fails here too; the first error is the one that the user needs, and it is thrown on.
    console.error(`the failure could not be recorded in the run folder: ${describeError(second)}`);
  }
}

const STOP_POLL_MS = 300;

function watchStopFile(
  folder: RunFolder,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) return;
    folder.update({ status: 'stopping' });
    controller.abort();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  const timer = setInterval(() => folder.stopRequested && abort(), STOP_POLL_MS);
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}

async function train(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  from: Position,
  signal: AbortSignal,
): Promise<LoopResult> {
  const { config, dataset, options, probe } = experiment;
  for (const { name, notes } of dataset.perSet) for (const note of notes) folder.logLine(`${name}: ${note}`);
  for (const { name, reason } of engine.report.rejected) folder.logLine(`engine ${name} not used: ${reason}`);
  folder.update({ status: 'features' });
  const filled = await fillStore(
    experiment,
    planTraining(config, dataset.length, options.shuffle).figures.epochs,
    folder,
    signal,
  );
  if (!filled) return { status: 'stopped', step: from.step };
  try {
    const plan = planTraining(config, filled.kept.length, options.shuffle);
    const { figures } = plan;
    const featureEngine = filled.engine && { featureEngine: filled.engine };
    folder.update({
      status: 'training',
      totalSteps: figures.iterations,
      epochs: figures.epochs,
      ...featureEngine,
    });
    folder.emit({
      type: 'start',
      name: folder.record.name,
      resumed: from.step > 0,
      fromStep: from.step,
      classes: probe.classes,
      samples: filled.kept.length,
      epochs: figures.epochs,
      stepsPerEpoch: figures.batchesPerEpoch,
      totalSteps: figures.iterations,
      batchSize: config.DATALOADER.batch_size,
      trainableParameters: experiment.trainableParameters,
      totalParameters: experiment.totalParameters,
      trainEngine: engine.report,
      ...featureEngine,
    });
    return await new TrainingLoop(loopOptions(folder, experiment, engine, filled, plan, from, signal)).run();
  } finally {
    await filled.store.close();
  }
}

function loopOptions(
  folder: RunFolder,
  { config, dataset }: Experiment,
  engine: ProbeEngine,
  filled: FeatureResult,
  { figures, order, schedule }: TrainingPlan,
  from: Position,
  signal: AbortSignal,
): LoopOptions {
  const { name } = folder.record;
  const saveEpochs = new Set(figures.saveEpochs);
  const epochStart = from.epoch * figures.batchesPerEpoch;
  return {
    name,
    engine,
    store: filled.store,
    labels: Int32Array.from(filled.kept, (sample) => dataset.labels[sample]!),
    order,
    schedule,
    totalSteps: figures.iterations,
    dropout: config.MODEL.NECK.neck_type === 'proj_layer' ? config.MODEL.NECK.dropout : 0,
    seed: config.SEED,
    batchSize: config.DATALOADER.batch_size,
    printFrequency: config.TRAIN.print_freq,
    saveAfter: (step, epoch, epochEnds) => {
      if (config.TRAIN.epoch_based)
        return epochEnds && saveEpochs.has(epoch) ? `${name}_epoch${epoch}` : undefined;
      return step % figures.saveIter === 0 ? `${name}_iter${step}` : undefined;
    },
    from,
    lossesOfEpoch: foldEvents(readEvents(folder.dir)).loss.slice(epochStart, from.step),
    folder,
    signal,
  };
}
