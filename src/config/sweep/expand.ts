import { Rng } from '../../common/rng.ts';
import { configFields, isRange, type KeyValue, type SweepAxis } from '../schema/fields.ts';
import type { Config } from '../schema/index.ts';
import { MAX_SWEEP_RUNS } from '../schema/sweep.ts';
import { axisValues, drawFrom } from './axis-values.ts';
import { runLabel, shortNames } from './label.ts';

/** One run of a sweep: what it changes of the configuration. */
export interface SweepRun {
  /** From 1. */
  readonly index: number;
  /** e.g. `lr=2e-2 m=0.3` */
  readonly label: string;
  /** By path, in the order of the file. */
  readonly overrides: Readonly<Record<string, KeyValue>>;
}

export interface SweepExpansion {
  /** At most MAX_SWEEP_RUNS. */
  readonly runs: readonly SweepRun[];
  /** How many different combinations there are; infinite where a key takes any number of a range. */
  readonly combinations: number;
}

interface Axis {
  readonly path: string;
  /** Absent where the axis takes any number of its range. */
  readonly values: readonly KeyValue[] | undefined;
  draw(rng: Rng): KeyValue;
}

/** The runs of a sweep, always the same for the same section. A grid that needs steps and has none gives no run. */
export function expandSweep({ method, runs, seed, keys }: Config['SWEEP']): SweepExpansion {
  const axes = Object.entries(keys).map(([path, axis]) => openAxis(path, axis));
  const combinations = axes.reduce((n, { values }) => n * (values?.length ?? Number.POSITIVE_INFINITY), 1);
  if (axes.length === 0) return { runs: [], combinations: 0 };
  const wanted = Math.min(runs === 0 ? combinations : runs, combinations);
  if (!Number.isFinite(wanted) || (method === 'grid' && combinations === Number.POSITIVE_INFINITY))
    return { runs: [], combinations };
  const count = Math.min(wanted, MAX_SWEEP_RUNS);
  const chosen = method === 'grid' ? grid(axes, count) : random(axes, count, seed);
  const paths = axes.map((axis) => axis.path);
  const names = shortNames(paths);
  const sweepRun = (values: readonly KeyValue[], i: number): SweepRun => ({
    index: i + 1,
    label: runLabel(names, values),
    overrides: Object.fromEntries(paths.map((path, k) => [path, values[k]!])),
  });
  return { runs: chosen.map(sweepRun), combinations };
}

function openAxis(path: string, axis: SweepAxis): Axis {
  const field = configFields.get(path)!;
  const values = axisValues(field, axis);
  if (!values && isRange(axis)) return { path, values, draw: (rng) => drawFrom(field, axis, rng) };
  const listed = values ?? [];
  return { path, values: listed, draw: (rng) => listed[rng.below(listed.length)]! };
}

/** The last key changes fastest, as in nested loops. */
function grid(axes: readonly Axis[], count: number): KeyValue[][] {
  return Array.from({ length: count }, (_, i) => {
    const chosen: KeyValue[] = [];
    let rest = i;
    for (const { values = [] } of axes.toReversed()) {
      chosen.unshift(values[rest % values.length]!);
      rest = Math.floor(rest / values.length);
    }
    return chosen;
  });
}

/** So many draws in a row without a new combination mean that rounding leaves no others. */
const MAX_MISSES = 100_000;

/** Drawn one after another, so that more draws begin with the same runs. */
function random(axes: readonly Axis[], count: number, seed: number): KeyValue[][] {
  const rng = new Rng(seed, 'sweep');
  const drawn = new Map<string, KeyValue[]>();
  for (let misses = 0; drawn.size < count && misses < MAX_MISSES; misses++) {
    const values = axes.map((axis) => axis.draw(rng));
    const key = JSON.stringify(values);
    if (drawn.has(key)) continue;
    drawn.set(key, values);
    misses = 0;
  }
  return [...drawn.values()];
}
