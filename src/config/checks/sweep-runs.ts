import { scalarText } from '../expected.ts';
import { type Problem, problem, type Range } from '../problem.ts';
import type { Scalar } from '../schema/field.ts';
import { configFields, isRange, valueAt } from '../schema/fields.ts';
import { applyOverrides } from '../sweep/apply.ts';
import type { SweepExpansion, SweepRun } from '../sweep/expand.ts';
import { AXES } from '../sweep/range-keys.ts';
import { at, type CheckInput } from './check.ts';
import { runChecks } from './index.ts';

/** Problems of the runs that the file as a single run does not have, each named once with the first run that has it. */
export function sweepRuns(input: CheckInput, { runs }: SweepExpansion, known: readonly Problem[]): Problem[] {
  const same = new Set(known.map((p) => `${p.code} ${p.path}`));
  const unread = new Set(known.flatMap((p) => (p.severity === 'error' ? [p.path] : [])));
  const found = new Map<string, { readonly first: Problem; readonly runs: SweepRun[] }>();
  for (const run of runs.slice(0, input.checkedRuns)) {
    for (const p of runChecks(inputOf(input, run))) {
      const key = `${p.code} ${p.path}`;
      const overridden = p.path !== undefined && p.path in run.overrides;
      if (p.severity === 'information' || same.has(key) || (unread.has(p.path) && !overridden)) continue;
      const group = found.get(key) ?? { first: p, runs: [] };
      group.runs.push(run);
      found.set(key, group);
    }
  }
  const reported = [...found.values()].map(({ first, runs: having }) => {
    const code = first.severity === 'error' ? 'config/sweep-invalid-run' : 'config/sweep-doubtful-run';
    const others = having.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more of the ${runs.length} runs)`;
    const { path, range } = blame(input, having, runs, first);
    return problem(input.file, range, code, {
      path,
      message: `${having[0]!.label}: ${first.message}${more}`,
      ...(first.expected !== undefined && { expected: first.expected }),
    });
  });
  return [...reported, ...withoutEffect(input, runs)];
}

/** The file as one run of the sweep: swept keys stand where the sweep names them. */
function inputOf(input: CheckInput, run: SweepRun): CheckInput {
  return {
    ...input,
    effective: applyOverrides(input.effective, run.overrides),
    has: (path) => path in run.overrides || input.has(path),
    rangeOf: (path, part) => input.rangeOf(path in run.overrides ? `${AXES}.${path}` : path, part),
  };
}

/** The swept key, or the one value of it, that the runs with a problem have in common. */
function blame(
  input: CheckInput,
  having: readonly SweepRun[],
  all: readonly SweepRun[],
  { path }: Problem,
): { readonly path: string; readonly range: Range } {
  const swept = Object.keys(having[0]!.overrides);
  const share = (key: string) => {
    const count = (runs: readonly SweepRun[]) =>
      new Set(runs.map((run) => JSON.stringify(run.overrides[key]))).size;
    return count(having) / count(all);
  };
  // The key that the problem is at is the obvious one; else the one of whose values the fewest are concerned.
  const key =
    path !== undefined && swept.includes(path) ? path : swept.toSorted((a, b) => share(a) - share(b))[0]!;
  const axis = input.effective.SWEEP.keys[key]!;
  const texts = new Set(having.map((run) => JSON.stringify(run.overrides[key])));
  const item = isRange(axis) ? -1 : axis.findIndex((value) => texts.has(JSON.stringify(value)));
  const whole = `${AXES}.${key}`;
  if (texts.size === 1 && item >= 0 && input.has(`${whole}.${item}`))
    return { path: whole, range: input.rangeOf(`${whole}.${item}`) };
  return { path: whole, range: input.rangeOf(whole, 'key') };
}

/** Swept keys that another value switches off. */
function withoutEffect(input: CheckInput, runs: readonly SweepRun[]): Problem[] {
  return Object.keys(input.effective.SWEEP.keys).flatMap((path) => {
    const condition = configFields.get(path)?.meta['x-used-when'];
    if (!condition) return [];
    const decisive = ({ overrides }: SweepRun) =>
      (condition.key in overrides
        ? overrides[condition.key]
        : valueAt(input.effective, condition.key)) as Scalar;
    const idle = runs.filter((run) => !condition.is.includes(decisive(run)));
    if (idle.length === 0) return [];
    const values = [...new Set(idle.map((run) => scalarText(decisive(run))))].join(' or ');
    const which = idle.length === runs.length ? 'any run' : `${idle.length} of the ${runs.length} runs`;
    return [
      at(
        input,
        `${AXES}.${path}`,
        'config/sweep-no-effect',
        `${path} has no effect in ${which}: ${condition.key} is ${values}; runs that differ in nothing else repeat each other`,
        { part: 'key', expected: `${condition.key}: ${condition.is.map(scalarText).join(' or ')}` },
      ),
    ];
  });
}
