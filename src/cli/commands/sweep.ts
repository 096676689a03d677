import { basename, extname, resolve } from 'node:path';
import { ExitCode, usageError } from '../../common/errors.ts';
import { MAX_RUN_ID, randomRunId } from '../../config/run-name.ts';
import type { Config } from '../../config/schema/index.ts';
import { applyOverrides } from '../../config/sweep/apply.ts';
import { featureSets } from '../../config/sweep/feature-sets.ts';
import type { RunEvent } from '../../run/events.ts';
import type { SweepRecord, SweepRunRecord } from '../../run/sweep-record.ts';
import { sweepSummary } from '../../run/sweep-score.ts';
import { planSweep } from '../../train/sweep/plan.ts';
import { resumeSweep, type SweepHooks, type SweepResult, startSweep } from '../../train/sweep/run-sweep.ts';
import type { Arguments, Command } from '../command.ts';
import { loadConfig } from '../load-config.ts';
import { STOPPING_AFTER_STEP, untilStopped } from '../stop-signals.ts';
import { SweepProgress } from '../sweep-progress.ts';
import { sweepCsv, sweepTable } from '../sweep-table.ts';
import { table } from '../table.ts';
import {
  checkStart,
  DEFAULT_RUN_OPTIONS,
  givenOptions,
  nameOption,
  refuseOnResume,
  TRAIN_OPTIONS,
} from '../train-options.ts';

export const sweep: Command = {
  name: 'sweep',
  summary: 'Train the runs of a sweep one after another (SWEEP in CONFIG), and rank them',
  positionals: '[CONFIG] [DATA_DIR]',
  options: {
    'output-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where the sweep and its runs are written (default: MODEL.output_dir)',
    },
    name: { type: 'string', value: 'NAME', help: 'name of the sweep and its folder (default: generated)' },
    resume: {
      type: 'string',
      value: 'SWEEP',
      help: 'go on with the sweep in this folder; takes no CONFIG and DATA_DIR',
    },
    'retry-failed': { type: 'boolean', help: 'with --resume: try the failed runs again' },
    'dry-run': { type: 'boolean', help: 'list the runs without training them' },
    ...TRAIN_OPTIONS,
    csv: { type: 'boolean', help: 'print the table of results as CSV, at full precision' },
    json: {
      type: 'boolean',
      help: 'print every event as a line of JSON on standard output, the record of the sweep last',
    },
  },
  async run(args) {
    if (args.flag('dry-run')) return dryRun(args);
    const run = args.string('resume') === undefined ? await fromConfig(args) : fromSweep(args);
    const progress = new SweepProgress();
    return untilStopped(STOPPING_AFTER_STEP, progress, async (signal) => {
      const result = await run(hooksFor(args, progress, signal));
      progress.clear();
      report(args, result);
      return exitCode(result);
    });
  },
};

type Run = (hooks: SweepHooks) => Promise<SweepResult>;

async function fromConfig(args: Arguments): Promise<Run> {
  if (args.flag('retry-failed'))
    throw usageError({
      code: 'usage/retry-failed',
      what: '--retry-failed goes with --resume SWEEP',
      todo: 'leave it out, or name the sweep',
    });
  const { config, text, configPath, dataDir } = await given(args);
  const name = nameOf(args, configPath);
  const { runs } = planSweep(config, name);
  checkStart(
    args,
    runs.map((run) => applyOverrides(config, run.overrides)),
  );
  return (hooks) =>
    startSweep(
      {
        config,
        configText: text,
        configFile: resolve(configPath),
        dataDir: resolve(dataDir),
        outputDir: resolve(args.string('output-dir') ?? config.MODEL.output_dir),
        name,
        options: { ...DEFAULT_RUN_OPTIONS, ...givenOptions(args) },
        command: process.argv.slice(1),
      },
      hooks,
    );
}

function fromSweep(args: Arguments): Run {
  const dir = args.string('resume')!;
  if (args.positionals.length > 0)
    throw usageError({
      code: 'usage/positionals',
      what: '--resume takes configuration and data from the sweep',
      got: args.positionals.join(' '),
      todo: `mdfe sweep --resume ${dir}`,
    });
  refuseOnResume(args, 'sweep');
  const options = { change: givenOptions(args), retryFailed: args.flag('retry-failed') };
  return (hooks) => resumeSweep(resolve(dir), options, hooks);
}

async function given(args: Arguments) {
  const [configPath, dataDir] = args.positionals;
  if (configPath === undefined || dataDir === undefined)
    throw usageError({
      code: 'usage/positionals',
      what: 'mdfe sweep takes CONFIG and DATA_DIR, or --resume SWEEP',
      got: args.positionals.join(' ') || 'nothing',
      todo: 'for example: mdfe sweep configs/sweep-demo.yaml demo/data',
    });
  return { ...(await loadConfig(configPath)), configPath, dataDir };
}

/** e.g. `s00042_sweep-demo`: two sweeps of one configuration do not share their name. */
function nameOf(args: Arguments, configPath: string): string {
  const id = String(randomRunId(Math.random)).padStart(String(MAX_RUN_ID).length, '0');
  const stem = basename(configPath, extname(configPath)).replace(/[^\w.+-]/g, '-');
  return nameOption(args) ?? `s${id}_${stem}`;
}

async function dryRun(args: Arguments): Promise<ExitCode> {
  const { config, configPath } = await given(args);
  const { runs, keys, metric } = planSweep(config, nameOf(args, configPath));
  const sets = featureSets(config, runs);
  if (args.flag('json')) {
    console.log(JSON.stringify({ metric, keys, runs }, null, 2));
    return ExitCode.done;
  }
  const header = ['run', ...keys.map((key) => key.name), 'features'];
  console.log(
    table(
      header,
      runs.map((run, i) => [String(run.index), ...run.values, featuresText(run, sets[i]!)]),
    ),
  );
  console.log(`\n${runs.length} runs, ranked by ${metric.name}; ${storesText(config, sets)}`);
  return ExitCode.done;
}

function featuresText(run: SweepRunRecord, set: number): string {
  if (set === 0) return 'not stored';
  return set === run.index ? 'computed' : `of run ${set}`;
}

function storesText({ MODEL }: Config, sets: readonly number[]): string {
  const count = new Set(sets.filter((set) => set > 0)).size;
  if (count === 0) return 'the backbone is trained, so no features are stored';
  return `${MODEL.BACKBONE.model_name} passes over the images ${count === 1 ? 'once' : `${count} times`} at most`;
}

function hooksFor(args: Arguments, progress: SweepProgress, signal: AbortSignal): SweepHooks {
  const write = (line: object) => console.log(JSON.stringify(line));
  if (args.flag('json'))
    return {
      signal,
      onSweep: (dir, { name, runs }) => write({ type: 'sweep', dir, name, runs: runs.length }),
      onNext: ({ index, label }) => write({ type: 'next', index, label }),
      onStatus: (text) => write({ type: 'status', text }),
      onRun: (dir, { index, label }) => write({ type: 'run', dir, index, label }),
      onEvent: (event: RunEvent) => write(event),
      onRunEnd: (run) => {
        if (run.error) console.error(`error: run ${run.index} (${run.label}): ${run.error.text}`);
        write({ type: 'ended', ...run });
      },
    };
  return {
    signal,
    onSweep: (dir, record) => progress.line(`sweep: ${dir}, ${record.runs.length} runs`),
    onNext: (run, record) => progress.next(run, record),
    onStatus: (text) => progress.status(text),
    onRun: (dir) => progress.line(`run folder: ${dir}`),
    onEvent: (event) => progress.show(event),
    onRunEnd: (run, record) => progress.end(run, record),
  };
}

function report(args: Arguments, { dir, record }: SweepResult): void {
  if (args.flag('json')) console.log(JSON.stringify({ type: 'result', dir, record }));
  else if (args.flag('csv')) console.log(sweepCsv(record));
  else console.log(`${sweepTable(record)}\n\n${sweepSummary(record)}\nsweep:     ${dir}`);
  if (record.status === 'stopped') console.error(`go on:     mdfe sweep --resume ${dir}`);
  else if (hasFailed(record))
    console.error(`some runs failed; try them again with: mdfe sweep --resume ${dir} --retry-failed`);
}

function exitCode({ record }: SweepResult): ExitCode {
  if (record.status === 'stopped') return ExitCode.stopped;
  return hasFailed(record) ? ExitCode.failed : ExitCode.done;
}

function hasFailed({ runs }: SweepRecord): boolean {
  return runs.some((run) => run.state === 'failed');
}
