import { resolve } from 'node:path';
import { ExitCode, usageError } from '../../common/errors.ts';
import { randomRunId, runName } from '../../config/run-name.ts';
import type { StartEvent } from '../../run/events.ts';
import type { RunOptions } from '../../run/record.ts';
import {
  resumeTraining,
  startTraining,
  type TrainHooks,
  type TrainResult,
} from '../../train/run-training.ts';
import { choiceOption, integerOption } from '../args.ts';
import type { Arguments, Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { Progress } from '../progress.ts';
import { stopOnSignals } from '../stop-signals.ts';

export const MAX_THREADS = 256;

export const train: Command = {
  name: 'train',
  summary: 'Train an embedding: CONFIG on the data sets under DATA_DIR',
  positionals: '[CONFIG] [DATA_DIR]',
  options: {
    'output-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where runs are written (default: MODEL.output_dir)',
    },
    name: { type: 'string', value: 'NAME', help: 'name of the run and its folder (default: generated)' },
    device: {
      type: 'string',
      value: 'DEVICE',
      help: 'auto, cpu, cuda, cuda:N, webgpu, wasm, ... (mdfe doctor)',
    },
    threads: {
      type: 'string',
      value: 'N',
      help: 'threads of the CPU engines (default: all cores, at most 16)',
    },
    resume: {
      type: 'string',
      value: 'RUN',
      help: 'go on with the run in this folder; takes no CONFIG and DATA_DIR',
    },
    'init-from': { type: 'string', value: 'FILE', help: 'start from neck and head in this safetensors file' },
    'backbone-weights': {
      type: 'string',
      value: 'FILE',
      help: "the backbone's weights, under their published names",
    },
    'from-scratch': {
      type: 'boolean',
      help: 'fine-tuning: the backbone starts from random weights instead of published ones',
    },
    'no-shuffle': { type: 'boolean', help: 'train in the order of the annotation files' },
    views: {
      type: 'string',
      value: 'V',
      help: 'stored views per image for random transforms (default: one per epoch)',
    },
    'micro-batch': {
      type: 'string',
      value: 'N',
      help: 'fine-tuning: images that go through the backbone together (default: as many as fit, 8 on a CPU)',
    },
    'cache-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where features are stored (default: the user cache folder)',
    },
    'feature-dtype': {
      type: 'string',
      value: 'TYPE',
      help: 'how features are stored: float32 (default), or float16 for half the space',
    },
    'skip-bad-images': { type: 'boolean', help: 'leave missing and damaged images out instead of stopping' },
    'data-parallelism': { type: 'boolean', help: 'use all of TRAIN.gpu_ids' },
    json: { type: 'boolean', help: 'print every event as a line of JSON on standard output' },
  },
  async run(args) {
    const run = args.string('resume') === undefined ? await fromConfig(args) : fromRun(args);
    const stopping = stopOnSignals(() =>
      console.error('\nstopping after this step; a checkpoint will be written'),
    );
    const json = args.flag('json');
    const progress = new Progress();
    try {
      const result = await run({
        signal: stopping.signal,
        onStatus: (text) =>
          json ? console.log(JSON.stringify({ type: 'status', text })) : progress.status(text),
        onRun: (dir) =>
          json ? console.log(JSON.stringify({ type: 'run', dir })) : progress.line(`run: ${dir}`),
        onEvent: (event) => (json ? console.log(JSON.stringify(event)) : progress.show(event)),
      });
      if (!json) summarise(result);
      return result.status === 'stopped' ? ExitCode.stopped : ExitCode.done;
    } catch (error) {
      // Stopped before there was a run: a download ends, nothing is lost.
      if (!stopping.signal.aborted || error !== stopping.signal.reason) throw error;
      return ExitCode.stopped;
    } finally {
      progress.clear();
      stopping.dispose();
    }
  },
};

type Run = (hooks: TrainHooks) => Promise<TrainResult>;

async function fromConfig(args: Arguments): Promise<Run> {
  const [configPath, dataDir] = args.positionals;
  if (configPath === undefined || dataDir === undefined)
    throw usageError({
      code: 'usage/positionals',
      what: 'mdfe train takes CONFIG and DATA_DIR, or --resume RUN',
      got: args.positionals.join(' ') || 'nothing',
      todo: 'for example: mdfe train configs/demo.yaml demo/data',
    });
  const { config, text } = await loadConfig(configPath);
  refuseDataParallelism(args, config.TRAIN.gpu_ids);
  if (config.MODEL.BACKBONE.freeze_backbone) refuseFineTuningOptions(args);
  if (args.flag('from-scratch') && args.string('backbone-weights') !== undefined)
    throw usageError({
      code: 'usage/two-starts',
      what: '--from-scratch and --backbone-weights contradict each other',
      todo: 'leave one of them out',
    });
  return (hooks) =>
    startTraining(
      {
        config,
        configText: text,
        configFile: resolve(configPath),
        dataDir: resolve(dataDir),
        outputDir: resolve(args.string('output-dir') ?? config.MODEL.output_dir),
        name: args.string('name') ?? runName(config, randomRunId(Math.random)),
        options: { device: 'auto', shuffle: true, views: 0, skipBadImages: false, ...given(args) },
        command: process.argv.slice(1),
      },
      hooks,
    );
}

function fromRun(args: Arguments): Run {
  if (args.positionals.length > 0)
    throw usageError({
      code: 'usage/positionals',
      what: '--resume takes configuration and data from the run',
      got: args.positionals.join(' '),
      todo: `mdfe train --resume ${args.string('resume')}`,
    });
  const fixed = ['no-shuffle', 'views', 'init-from', 'from-scratch', 'name', 'output-dir'] as const;
  for (const name of fixed)
    if (args.string(name) !== undefined || args.flag(name))
      throw usageError({
        code: 'usage/resume',
        what: `--${name} cannot be changed when a run goes on: its losses would differ`,
        todo: 'start a new run instead',
      });
  return (hooks) => resumeTraining(resolve(args.string('resume')!), given(args), hooks);
}

/** The options that were given, and only those. */
function given(args: Arguments): Partial<RunOptions> {
  const threads = integerOption(args, 'threads', 1, MAX_THREADS);
  const views = integerOption(args, 'views', 1, 10_000);
  const path = (name: string) => {
    const value = args.string(name);
    return value === undefined ? undefined : resolve(value);
  };
  const options = {
    device: args.string('device'),
    threads,
    views,
    microBatch: integerOption(args, 'micro-batch', 1, 65_536),
    fromScratch: args.flag('from-scratch') || undefined,
    shuffle: args.flag('no-shuffle') ? false : undefined,
    featureDtype: choiceOption(args, 'feature-dtype', ['float32', 'float16']),
    skipBadImages: args.flag('skip-bad-images') || undefined,
    cacheDir: path('cache-dir'),
    initFrom: path('init-from'),
    backboneWeights: path('backbone-weights'),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function refuseFineTuningOptions(args: Arguments): void {
  for (const name of ['micro-batch', 'from-scratch'] as const)
    if (args.string(name) !== undefined || args.flag(name))
      throw usageError({
        code: 'usage/fine-tuning-only',
        what: `--${name} concerns fine-tuning, but this configuration freezes the backbone`,
        where: `--${name}`,
        todo: 'leave it out, or set MODEL.BACKBONE.freeze_backbone to False',
      });
}

function refuseDataParallelism(args: Arguments, gpuIds: readonly number[]): void {
  if (!args.flag('data-parallelism')) return;
  throw usageError({
    code: 'engine/no-data-parallelism',
    what: `training on several GPUs at once (TRAIN.gpu_ids ${gpuIds.join(', ')}) is not available`,
    where: '--data-parallelism',
    todo: 'leave it out: neck and head train on stored features, where one device is enough; choose it with --device',
  });
}

function summarise({ dir, history, status, step }: TrainResult): void {
  const { start } = history;
  const words = status === 'stopped' ? `stopped after step ${step}` : `done, ${step} steps`;
  console.log(`${words}\n`);
  for (const e of history.epochs)
    console.log(`  epoch ${String(e.epoch).padStart(3)}  mean loss ${e.meanLoss.toFixed(4)}`);
  console.log(`\nrun:       ${dir}`);
  if (start) {
    console.log(`trained:   ${start.trainEngine.name} on ${start.trainEngine.device}`);
    console.log(`features:  ${whereFrom(start)}`);
  }
  if (status === 'stopped') console.log(`go on:     mdfe train --resume ${dir}`);
}

function whereFrom({ featureEngine, trainableParameters, totalParameters }: StartEvent): string {
  if (trainableParameters === totalParameters) return 'the backbone is trained too; none are stored';
  return featureEngine ? `${featureEngine.name} on ${featureEngine.device}` : 'all from the store';
}
