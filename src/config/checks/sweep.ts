import type { Problem } from '../problem.ts';
import { configFields } from '../schema/fields.ts';
import { axisValues } from '../sweep/axis-values.ts';
import { expandSweep, type SweepExpansion } from '../sweep/expand.ts';
import { AXES } from '../sweep/range-keys.ts';
import { at, type CheckInput } from './check.ts';
import { sweepRuns } from './sweep-runs.ts';

/** More runs than these are worth a warning. */
const MANY = 100;

/**
 * All rules of a sweep.
 * @param known problems of the file as a single run; they are not repeated for each run
 */
export function checkSweep(input: CheckInput, known: readonly Problem[]): readonly Problem[] {
  if (!input.has('SWEEP')) return [];
  const { SWEEP } = input.effective;
  if (Object.keys(SWEEP.keys).length === 0)
    return [
      at(
        input,
        input.has(AXES) ? AXES : 'SWEEP',
        'config/sweep-empty',
        'SWEEP.keys names no key, so there is nothing to vary',
        { part: 'key', expected: 'keys: with lines such as OPTIMIZER.lr: [1e-3, 1e-2]' },
      ),
    ];
  const needed = [...stepsNeeded(input), ...runsNeeded(input)];
  if (needed.length > 0) return needed;
  const expansion = expandSweep(SWEEP);
  return [...numberOfRuns(input, expansion), ...byLoss(input), ...sweepRuns(input, expansion, known)];
}

/** Axes of which no list of values can be made. */
function continuous({ effective }: CheckInput): string[] {
  return Object.entries(effective.SWEEP.keys).flatMap(([path, axis]) =>
    axisValues(configFields.get(path)!, axis) ? [] : [path],
  );
}

function stepsNeeded(input: CheckInput): Problem[] {
  if (input.effective.SWEEP.method !== 'grid') return [];
  return continuous(input).map((path) =>
    at(
      input,
      `${AXES}.${path}`,
      'config/sweep-steps',
      `a grid takes so many values from the range of ${path} as steps says, but there are no steps`,
      { expected: 'steps, at least 2', got: 'nothing' },
    ),
  );
}

function runsNeeded(input: CheckInput): Problem[] {
  const { method, runs } = input.effective.SWEEP;
  const [path] = continuous(input);
  if (method !== 'random' || runs > 0 || path === undefined) return [];
  const given = input.has('SWEEP.runs');
  return [
    at(
      input,
      given ? 'SWEEP.runs' : input.has('SWEEP.method') ? 'SWEEP.method' : 'SWEEP',
      'config/sweep-runs',
      `SWEEP.runs must say how many runs to draw: ${path} takes any number of its range`,
      { expected: 'runs, at least 1', got: '0', ...(given && { suggestion: '20' }) },
    ),
  ];
}

function numberOfRuns(input: CheckInput, { runs, combinations }: SweepExpansion): Problem[] {
  const wanted = input.effective.SWEEP.runs;
  const place = input.has('SWEEP.runs') ? 'SWEEP.runs' : AXES;
  const part = place === AXES ? 'key' : 'value';
  const count = wanted === 0 ? combinations : Math.min(wanted, combinations);
  if (count > runs.length && wanted === 0)
    return [
      at(
        input,
        place,
        'config/sweep-too-many',
        `the sweep has ${combinations.toLocaleString('en')} combinations, more than anyone trains`,
        { part, expected: `at most ${runs.length.toLocaleString('en')} runs` },
      ),
    ];
  if (runs.length < wanted)
    return [
      at(
        input,
        place,
        'config/sweep-fewer-runs',
        `runs is ${wanted}, but there are only ${runs.length} different combinations`,
        { suggestion: String(runs.length) },
      ),
    ];
  if (runs.length <= MANY) return [];
  return [
    at(
      input,
      place,
      'config/sweep-many-runs',
      `the sweep has ${runs.length.toLocaleString('en')} runs, one after another`,
      { part, expected: `at most ${MANY}` },
    ),
  ];
}

/** Keys that change the scale of the loss: its values cannot be compared between runs. */
const LOSS_MEANING = /^(MODEL\.HEAD\.|LOSS\.|DATASET\.)/;

function byLoss(input: CheckInput): Problem[] {
  const { EVAL, SWEEP } = input.effective;
  const keys = Object.keys(SWEEP.keys).filter((path) => LOSS_MEANING.test(path));
  if (EVAL.hold_out !== 'none' || keys.length === 0) return [];
  return [
    at(
      input,
      `${AXES}.${keys[0]}`,
      'config/sweep-by-loss',
      `runs would be ranked by training loss, but ${keys.join(', ')} ${keys.length === 1 ? 'changes' : 'change'} what the loss means; hold images out to rank by retrieval`,
      { part: 'key', expected: 'EVAL.hold_out: classes or csv' },
    ),
  ];
}
