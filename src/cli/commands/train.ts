import { resolve } from 'node:path';
import { counted } from '../../common/counted.ts';
import { ExitCode, usageError } from '../../common/errors.ts';
import { randomRunId, runName } from '../../config/run-name.ts';
import { withoutSweep } from '../../config/sweep/apply.ts';
import { expandSweep } from '../../config/sweep/expand.ts';
import type { StartEvent } from '../../run/events.ts';
import type { TrainResult } from '../../train/in-folder.ts';
import { resumeTraining, startTraining, type TrainHooks } from '../../train/run-training.ts';
import type { Arguments, Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { Progress } from '../progress.ts';
import { scoreSummary } from '../run-scores.ts';
import { STOPPING_AFTER_STEP, untilStopped } from '../stop-signals.ts';
import {
  checkStart,
  DEFAULT_RUN_OPTIONS,
  givenOptions,
  nameOption,
  refuseOnResume,
  TRAIN_OPTIONS,
} from '../train-options.ts';

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
    resume: {
      type: 'string',
      value: 'RUN',
      help: 'go on with the run in this folder; takes no CONFIG, and DATA_DIR where the data lie elsewhere now',
    },
    ...TRAIN_OPTIONS,
    'data-parallelism': { type: 'boolean', help: 'use all of TRAIN.gpu_ids' },
    json: { type: 'boolean', help: 'print every event as a line of JSON on standard output' },
  },
  async run(args) {
    const run = args.string('resume') === undefined ? await fromConfig(args) : fromRun(args);
    const json = args.flag('json');
    const progress = new Progress();
    return untilStopped(STOPPING_AFTER_STEP, progress, async (signal) => {
      const result = await run({
        signal,
        onStatus: (text) =>
          json ? console.log(JSON.stringify({ type: 'status', text })) : progress.status(text),
        onRun: (dir) =>
          json ? console.log(JSON.stringify({ type: 'run', dir })) : progress.line(`run: ${dir}`),
        onEvent: (event) => (json ? console.log(JSON.stringify(event)) : progress.show(event)),
      });
      if (!json) summarise(result);
      return result.status === 'stopped' ? ExitCode.stopped : ExitCode.done;
    });
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
  checkStart(args, [config]);
  const runs = expandSweep(config.SWEEP).runs.length;
  if (runs > 0)
    console.error(`information: a single run; SWEEP is left out (mdfe sweep trains its ${runs} runs)`);
  return (hooks) =>
    startTraining(
      {
        config: withoutSweep(config),
        configText: text,
        configFile: resolve(configPath),
        dataDir: resolve(dataDir),
        outputDir: resolve(args.string('output-dir') ?? config.MODEL.output_dir),
        name: nameOption(args) ?? runName(config, randomRunId(Math.random)),
        options: { ...DEFAULT_RUN_OPTIONS, ...givenOptions(args) },
        command: process.argv.slice(1),
      },
      hooks,
    );
}

function fromRun(args: Arguments): Run {
  const [dataDir, ...more] = args.positionals;
  if (more.length > 0)
    throw usageError({
      code: 'usage/positionals',
      what: '--resume takes the configuration from the run, and at most another DATA_DIR',
      got: args.positionals.join(' '),
      todo: `mdfe train --resume ${args.string('resume')}`,
    });
  refuseOnResume(args, 'run');
  const moved = dataDir === undefined ? undefined : resolve(dataDir);
  return (hooks) => resumeTraining(resolve(args.string('resume')!), givenOptions(args), hooks, moved);
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
  const words = status === 'stopped' ? `stopped after step ${step}` : `done, ${counted(step, 'step')}`;
  console.log(`${words}\n`);
  for (const e of history.epochs)
    console.log(`  epoch ${String(e.epoch).padStart(3)}  mean loss ${e.meanLoss.toFixed(4)}`);
  console.log(`\nrun:       ${dir}`);
  if (start) {
    console.log(`trained:   ${start.trainEngine.name} on ${start.trainEngine.device}`);
    console.log(`features:  ${whereFrom(start)}`);
  }
  for (const line of scoreSummary(history)) console.log(line);
  if (status === 'stopped') console.log(`go on:     mdfe train --resume ${dir}`);
}

function whereFrom({ featureEngine, trainableParameters, totalParameters }: StartEvent): string {
  if (trainableParameters === totalParameters) return 'the backbone is trained too; none are stored';
  return featureEngine ? `${featureEngine.name} on ${featureEngine.device}` : 'all from the store';
}
