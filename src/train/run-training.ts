import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, MdfeError } from '../common/errors.ts';
import { resolvedYaml } from '../config/resolved-yaml.ts';
import type { Config } from '../config/schema/index.ts';
import { describeSize } from '../eval/retrieval-set.ts';
import type { RunEvent } from '../run/events.ts';
import { RunFolder } from '../run/folder.ts';
import { foldEvents, type RunHistory } from '../run/history.ts';
import { runFile } from '../run/paths.ts';
import { readEvents, requireRunRecord } from '../run/reader.ts';
import type { RunOfSweep, RunOptions } from '../run/record.ts';
import { createEngine, openStores, stepDropout } from './backbone-mode.ts';
import { drawCharts } from './charts.ts';
import { type Position, readCheckpoint, readWeights } from './checkpoint.ts';
import { CloudUpload } from './cloud-upload.ts';
import { type Experiment, prepareExperiment } from './experiment.ts';
import { closeStores, type Stores } from './fill-store.ts';
import { HeldOutScorer } from './held-out-scorer.ts';
import { type LoopOptions, type LoopResult, TrainingLoop } from './loop.ts';
import { speedConditions } from './measured.ts';
import { planTraining, type TrainingPlan } from './plan.ts';
import type { ProbeEngine } from './probe/engine.ts';
import { readResolvedConfig } from './resolved-config.ts';
import { RetrievalObserver } from './retrieval-observer.ts';
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
  /** The sweep that the run belongs to. */
  readonly sweep?: RunOfSweep;
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
  const engine = await createEngine(experiment);
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
        ...(request.sweep && { sweep: request.sweep }),
      },
      hooks.onEvent,
    );
    writeFileSync(runFile(dir, 'config'), request.configText);
    writeFileSync(runFile(dir, 'resolved'), resolvedYaml(experiment.config));
    hooks.onRun(dir);
    return await inFolder(folder, experiment.config, hooks, (signal) =>
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
  const config = readResolvedConfig(dir);
  const options = { ...record.options, ...change };
  const experiment = await prepareExperiment(config, record.dataDir, options, hooks);
  const engine = await createEngine(experiment);
  try {
    const folder = RunFolder.reopen(
      dir,
      { status: 'starting', options, trainEngine: engine.report, versions: versions() },
      hooks.onEvent,
    );
    hooks.onRun(dir);
    return await inFolder(folder, experiment.config, hooks, async (signal) => {
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

/** Runs `action` with the folder's life around it: stop requests, uploads, outcome, charts, closing. */
async function inFolder(
  folder: RunFolder,
  config: Config,
  hooks: TrainHooks,
  action: (signal: AbortSignal) => Promise<LoopResult>,
): Promise<TrainResult> {
  const started = performance.now();
  const stopping = watchStopFile(folder, hooks.signal);
  let uploads: CloudUpload | undefined;
  try {
    uploads = await CloudUpload.start(folder, config);
    const result = await action(stopping.signal);
    uploads?.close();
    uploads = undefined;
    const history = foldEvents(readEvents(folder.dir));
    if (history.step > 0) await drawCharts(folder.dir, history);
    folder.update({ status: result.status, step: result.step });
    const seconds = (performance.now() - started) / 1000;
    folder.emit({ type: 'end', status: result.status, step: result.step, seconds });
    return { ...result, dir: folder.dir, history };
  } catch (error) {
    recordFailure(folder, error, uploads);
    throw error;
  } finally {
    stopping.dispose();
    folder.close();
  }
}

function recordFailure(folder: RunFolder, error: unknown, uploads: CloudUpload | undefined): void {
  const code = error instanceof MdfeError ? error.code : 'internal';
  const text = describeError(error);
  try {
    uploads?.close();
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
  const { config, dataset, heldOut, options, probe } = experiment;
  for (const { name, notes } of dataset.perSet) for (const note of notes) folder.logLine(`${name}: ${note}`);
  for (const { name, reason } of engine.report.rejected) folder.logLine(`engine ${name} not used: ${reason}`);
  folder.update({ status: 'features' });
  for (const note of heldOut?.notes ?? []) folder.logLine(note);
  if (heldOut) folder.logLine(`held out: ${heldOut.title} (${describeSize(heldOut)})`);
  const { epochs } = planTraining(config, dataset.length, options.shuffle).figures;
  const stores = await openStores(experiment, epochs, folder, signal);
  if (!stores) return { status: 'stopped', step: from.step };
  try {
    const { training } = stores;
    const plan = planTraining(config, training.kept.length, options.shuffle);
    const { figures } = plan;
    const computed = training.engine ?? stores.heldOut?.engine;
    const featureEngine = computed && { featureEngine: computed };
    folder.update({
      status: 'training',
      totalSteps: figures.iterations,
      epochs: figures.epochs,
      measured: {
        ...folder.record.measured,
        ...speedConditions(experiment),
        ...(training.speed !== undefined && { featureSpeed: training.speed }),
      },
      ...featureEngine,
    });
    folder.emit({
      type: 'start',
      name: folder.record.name,
      resumed: from.step > 0,
      fromStep: from.step,
      classes: probe.classes,
      samples: training.kept.length,
      epochs: figures.epochs,
      stepsPerEpoch: figures.batchesPerEpoch,
      totalSteps: figures.iterations,
      batchSize: config.DATALOADER.batch_size,
      trainableParameters: experiment.trainableParameters,
      totalParameters: experiment.totalParameters,
      trainEngine: engine.report,
      ...featureEngine,
    });
    return await new TrainingLoop(loopOptions(folder, experiment, engine, stores, plan, from, signal)).run();
  } finally {
    await closeStores(stores);
  }
}

function loopOptions(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  stores: Stores,
  { figures, order, schedule }: TrainingPlan,
  from: Position,
  signal: AbortSignal,
): LoopOptions {
  const { config, dataset } = experiment;
  const { store, kept } = stores.training;
  const { name } = folder.record;
  const history = foldEvents(readEvents(folder.dir));
  const saveEpochs = new Set(figures.saveEpochs);
  const epochStart = from.epoch * figures.batchesPerEpoch;
  return {
    name,
    engine,
    store,
    labels: Int32Array.from(kept, (sample) => dataset.labels[sample]!),
    order,
    schedule,
    totalSteps: figures.iterations,
    dropout: stepDropout(experiment),
    seed: config.SEED,
    batchSize: config.DATALOADER.batch_size,
    printFrequency: config.TRAIN.print_freq,
    saveAfter: (step, epoch, epochEnds) => {
      if (config.TRAIN.epoch_based)
        return epochEnds && saveEpochs.has(epoch) ? `${name}_epoch${epoch}` : undefined;
      return step % figures.saveIter === 0 ? `${name}_iter${step}` : undefined;
    },
    from,
    lossesOfEpoch: history.loss.slice(epochStart, from.step),
    observer: retrievalObserver(experiment, engine, stores, folder, history, signal),
    folder,
    signal,
  };
}

function retrievalObserver(
  { config, heldOut, options, probe }: Experiment,
  engine: ProbeEngine,
  stores: Stores,
  folder: RunFolder,
  { evals }: RunHistory,
  signal: AbortSignal,
): RetrievalObserver | undefined {
  if (!heldOut || !stores.heldOut) return undefined;
  const { store, kept } = stores.heldOut;
  const scorer = new HeldOutScorer(heldOut, store, kept, config.EVAL.metric);
  const { threads } = options;
  const score = () =>
    scorer.score((features) => engine.embed(features), probe.embeddingDim, { threads, signal });
  return new RetrievalObserver({ config: config.EVAL, folder, score, signal, before: evals });
}
