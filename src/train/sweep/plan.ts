import { join } from 'node:path';
import { usageError } from '../../common/errors.ts';
import type { Config } from '../../config/schema/index.ts';
import { applyOverrides } from '../../config/sweep/apply.ts';
import { expandSweep, type SweepRun } from '../../config/sweep/expand.ts';
import { shortNames, valueLabel } from '../../config/sweep/label.ts';
import { requireFolder } from '../../data/datasets/locate.ts';
import { requireNoRun } from '../../run/folder.ts';
import type { SweepKey, SweepMetric, SweepRunRecord } from '../../run/sweep-record.ts';

export interface SweepPlan {
  readonly metric: SweepMetric;
  readonly keys: readonly SweepKey[];
  readonly runs: readonly SweepRunRecord[];
}

/** The runs of a sweep before anything is trained. @throws a usage error where there are none */
export function planSweep(config: Config, name: string): SweepPlan {
  const { runs } = expandSweep(config.SWEEP);
  if (runs.length === 0)
    throw usageError({
      code: 'sweep/no-keys',
      what: 'the configuration has no SWEEP section that names keys to vary',
      expected: 'SWEEP: {keys: {OPTIMIZER.lr: [1e-3, 1e-2]}}',
      todo: 'add one (docs/sweeps.md), or train it as a single run: mdfe train',
    });
  const paths = Object.keys(config.SWEEP.keys);
  const names = shortNames(paths);
  return {
    metric: metricOf(config),
    keys: paths.map((path, i) => ({ path, name: names[i]! })),
    runs: runs.map((run) => ({
      index: run.index,
      label: run.label,
      name: runNameOf(name, run, runs.length),
      overrides: run.overrides,
      values: Object.values(run.overrides).map(valueLabel),
      state: 'waiting',
      work: workOf(applyOverrides(config, run.overrides)),
    })),
  };
}

/** What runs are ranked by: the metric that also picks the best checkpoint, else the training loss. */
function metricOf({ EVAL }: Config): SweepMetric {
  return EVAL.hold_out === 'none' ? { name: 'loss', goal: 'min' } : { name: EVAL.best_metric, goal: 'max' };
}

/** What the time of a run is in proportion to, where runs differ in nothing else. */
function workOf({ TRAIN }: Config): number {
  return TRAIN.epoch_based ? TRAIN.epochs : TRAIN.iterations;
}

const MAX_LABEL = 60; // characters of a label in the name of a folder

/** e.g. `s00042_demo_03_lr2e-2_m0.3` */
function runNameOf(sweep: string, { index, label }: SweepRun, count: number): string {
  const number = String(index).padStart(String(count).length, '0');
  // Values may be paths or names of anything.
  const values = label
    .replace(/=/g, '')
    .replace(/\s+/g, '_')
    .replace(/[^\w.+-]/g, '-');
  return `${sweep}_${number}_${values.slice(0, MAX_LABEL)}`.replace(/[._-]+$/, '');
}

/** Refuses what would stop every run alike, before the first one. */
export async function checkFolders(outputDir: string, dataDir: string, plan: SweepPlan): Promise<void> {
  await requireFolder(dataDir);
  for (const run of plan.runs) requireNoRun(join(outputDir, run.name));
}
