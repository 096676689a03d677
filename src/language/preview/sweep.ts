import { formatDuration } from '../../common/duration.ts';
import type { ParsedConfig } from '../../config/parse.ts';
import type { Config } from '../../config/schema/index.ts';
import { applyOverrides } from '../../config/sweep/apply.ts';
import { expandSweep, type SweepRun } from '../../config/sweep/expand.ts';
import { featureSets } from '../../config/sweep/feature-sets.ts';
import type { LanguageContext } from '../context.ts';
import { count } from '../dataset-items.ts';
import { storedViews } from '../figures.ts';
import { currentModel } from '../value-items.ts';
import { estimateFeatures, estimateSteps } from './estimate.ts';
import { assumeData } from './training-facts.ts';
import type { Figure, SweepPreview } from './types.ts';

/** Runs that are listed, and whose time is computed one by one; the time of others is taken as that of these. */
const MAX_SHOWN = 200;

/** How many runs a sweep has and how long they take; undefined without one that can be read. */
export function previewSweep(parsed: ParsedConfig, context: LanguageContext): SweepPreview | undefined {
  const { effective: config, problems } = parsed;
  const { runs } = expandSweep(config.SWEEP);
  const isBroken = problems.some((p) => p.severity === 'error' && /^SWEEP\b/.test(p.path ?? ''));
  if (runs.length === 0 || isBroken) return undefined;
  const shown = runs.slice(0, MAX_SHOWN);
  const sets = featureSets(config, shown);
  const passes = new Set(sets.filter((set) => set > 0)).size;
  const ranked = config.EVAL.hold_out === 'none' ? 'training loss' : config.EVAL.best_metric;
  return {
    method: config.SWEEP.method,
    runs: runs.length,
    labels: shown.map((run) => run.label),
    figures: [
      { label: 'runs', value: count(runs.length), note: config.SWEEP.method },
      { label: 'ranked by', value: ranked },
      { label: 'passes of the backbone', value: passes === 0 ? 'every run' : count(passes) },
      time(config, shown, sets, runs.length, context),
    ],
  };
}

/** Of all runs one after another: features once for each set of them, steps for each run. */
function time(
  config: Config,
  shown: readonly SweepRun[],
  sets: readonly number[],
  total: number,
  context: LanguageContext,
): Figure {
  const label = 'time';
  const unknown = (note: string): Figure => ({ label, value: '?', note });
  const measured = context.machine?.runs ?? [];
  let features = 0;
  let steps = 0;
  let basis = '';
  for (const [i, run] of shown.entries()) {
    const own = applyOverrides(config, run.overrides);
    const { figures, images, classes, missing } = assumeData(own, context);
    if (images === undefined) return unknown(missing ?? '');
    const model = currentModel(own, context);
    const step = estimateSteps(own, classes ?? 0, model, measured);
    if (!step) return unknown('no measurement yet: run it once');
    basis ||= step.basis;
    steps += figures.iterations * step.secondsEach;
    if (sets[i] !== run.index) continue;
    const pass = estimateFeatures(own, model, measured);
    if (!pass) return unknown('no measurement yet of the backbone: run it once');
    features += images * storedViews(own, images) * pass.secondsEach;
  }
  const seconds = features + (steps * total) / shown.length;
  const once = features > 0 ? `; ${formatDuration(features)} of it for features, if none are stored yet` : '';
  return { label, value: `about ${formatDuration(seconds)}`, note: `${basis}${once}` };
}
