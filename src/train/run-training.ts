import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../common/errors.ts';
import { resolvedYaml } from '../config/resolved-yaml.ts';
import type { Config } from '../config/schema/index.ts';
import { chooseEngine } from '../engine/choose.ts';
import { describeSize } from '../eval/retrieval-set.ts';
import type { RunEvent } from '../run/events.ts';
import { RunFolder, requireNoRun } from '../run/folder.ts';
import { foldEvents } from '../run/history.ts';
import { readEvents, requireRunRecord } from '../run/reader.ts';
import type { RunOfSweep, RunOptions } from '../run/record.ts';
import { createEngine, openStores } from './backbone-mode.ts';
import { type Progress, readCheckpoint, readWeights, removeLeftovers } from './checkpoint.ts';
import { writeClassSizes } from './class-sizes.ts';
import { type Experiment, prepareExperiment } from './experiment.ts';
import { closeStores } from './fill-store.ts';
import { requireSame } from './fingerprint.ts';
import { inFolder, type TrainResult } from './in-folder.ts';
import { type LoopResult, TrainingLoop } from './loop.ts';
import { loopOptions } from './loop-options.ts';
import { speedConditions } from './measured.ts';
import { oddities, planTraining } from './plan.ts';
import type { ProbeEngine } from './probe/engine.ts';
import { readResolvedConfig } from './resolved-config.ts';
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

/** Trains from the start. Everything that can be refused is, before the run folder is made. */
export function startTraining(request: TrainRequest, hooks: TrainHooks): Promise<TrainResult> {
  const { config, options, name } = request;
  const dir = join(request.outputDir, name);
  requireNoRun(dir); // before weights are downloaded for it
  return withEngine(config, request.dataDir, options, hooks, async (experiment, engine) => {
    if (options.initFrom) await engine.importState(await readWeights(options.initFrom));
    const { figures } = planTraining(experiment.config, experiment.dataset.length, options.shuffle);
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
      { config: request.configText, resolved: resolvedYaml(experiment.config) },
      hooks.onEvent,
    );
    hooks.onRun(dir);
    return inFolder(folder, experiment.config, hooks.signal, (signal) =>
      train(folder, experiment, engine, { step: 0, epoch: 0 }, signal),
    );
  });
}

/**
 * Goes on from the newest checkpoint, or from the start where there is none.
 *
 * @param change overrides recorded options
 * @param movedTo where the data lie now, if not where they lay
 */
export async function resumeTraining(
  dir: string,
  change: Partial<RunOptions>,
  hooks: TrainHooks,
  movedTo?: string,
): Promise<TrainResult> {
  const record = requireRunRecord(dir);
  if (record.status === 'done')
    throw usageError({
      code: 'run/done',
      what: 'this run is complete',
      where: dir,
      todo: 'start a new run',
    });
  const config = readResolvedConfig(dir);
  const options = { ...record.options, ...change };
  const dataDir = movedTo ?? record.dataDir;
  return withEngine(config, dataDir, options, hooks, async (experiment, engine) => {
    const folder = RunFolder.reopen(
      dir,
      { status: 'starting', dataDir, options, trainEngine: engine.report, versions: versions() },
      hooks.onEvent,
    );
    hooks.onRun(dir);
    return inFolder(folder, experiment.config, hooks.signal, async (signal) => {
      const from = await restore(folder, experiment, engine, options);
      return train(folder, experiment, engine, from, signal);
    });
  });
}

/** Prepares the experiment and an engine for it, and frees both in the end. */
async function withEngine<T>(
  config: Config,
  dataDir: string,
  options: RunOptions,
  hooks: TrainHooks,
  action: (experiment: Experiment, engine: ProbeEngine) => Promise<T>,
): Promise<T> {
  const { device, threads } = options;
  const forWhat = config.MODEL.BACKBONE.freeze_backbone ? 'probe' : 'finetune';
  const choosing = new AbortController();
  // Drivers are tried in processes of their own, while annotations are read here.
  const chosen = chooseEngine({ device, threads, forWhat, signal: choosing.signal });
  chosen.catch(() => undefined); // thrown where it is waited for; not every run comes so far
  try {
    const experiment = await prepareExperiment(config, dataDir, options, hooks);
    try {
      const engine = await createEngine(experiment, await chosen);
      try {
        return await action(experiment, engine);
      } finally {
        await engine.dispose();
      }
    } finally {
      experiment.look?.stop();
    }
  } finally {
    choosing.abort();
  }
}

async function restore(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  options: RunOptions,
): Promise<Progress> {
  const { lastCheckpoint } = folder.record;
  await removeLeftovers(folder.dir, lastCheckpoint);
  if (!lastCheckpoint) {
    if (options.initFrom) await engine.importState(await readWeights(options.initFrom));
    return { step: 0, epoch: 0 };
  }
  const { state, position } = await readCheckpoint(folder.dir, lastCheckpoint);
  requireSame(position.fingerprint, await experiment.fingerprint(), folder.dir);
  await engine.importState(state);
  return position;
}

/** Bad images that are left out now and were not before, or the other way round, would change every batch. */
function requireSameImages(folder: RunFolder, usable: number): void {
  const { start } = foldEvents(readEvents(folder.dir));
  const fact = (images: number) => [{ what: 'usable images', value: String(images) }];
  if (start) requireSame(fact(start.samples), fact(usable), folder.dir);
}

async function train(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  from: Progress,
  signal: AbortSignal,
): Promise<LoopResult> {
  const { config, dataset, heldOut, options, probe } = experiment;
  for (const { notes } of dataset.perSet) for (const note of notes) folder.logLine(note);
  if (dataset.classes === 1)
    folder.warn(
      'data/one-class',
      'all images are of one class: there is nothing to tell apart, and the loss is 0',
    );
  const { missing, counts, notes } = experiment.classSizes;
  for (const note of notes) folder.logLine(note);
  const unwritten = missing === undefined ? undefined : await writeClassSizes(missing, counts);
  if (unwritten !== undefined) folder.warn('data/class-distribution-unwritten', unwritten);
  folder.update({ status: 'features' });
  for (const note of heldOut?.notes ?? []) folder.logLine(note);
  if (heldOut) folder.logLine(`held out: ${heldOut.title} (${describeSize(heldOut)})`);
  const { epochs } = planTraining(config, dataset.length, options.shuffle).figures;
  const stores = await openStores(experiment, epochs, folder, signal);
  if (!stores) return { status: 'stopped', step: from.step };
  try {
    const { training } = stores;
    if (from.step > 0) requireSameImages(folder, training.kept.length);
    const plan = planTraining(config, training.kept.length, options.shuffle);
    const { figures } = plan;
    for (const text of oddities(plan)) folder.warn('train/warmup-too-long', text);
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
    for (const { name, reason } of [...engine.report.rejected, ...(computed?.rejected ?? [])])
      folder.logLine(`engine ${name} not used: ${reason}`);
    return await new TrainingLoop(loopOptions(folder, experiment, engine, stores, plan, from, signal)).run();
  } finally {
    await closeStores(stores);
  }
}
