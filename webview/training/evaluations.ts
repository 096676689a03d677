import type { EvalEvent } from '../../src/run/events.ts';
import type { RunHistory } from '../../src/run/history.ts';
import type { Point } from './decimate.ts';

/** What an evaluation's table shows: of all queries at some moments, then of each domain at the best of them. */
export interface ScoreRow {
  readonly name: string;
  readonly metrics: EvalEvent['metrics'];
}

/** The evaluation whose checkpoint is kept as the best; before there is one, the last. */
export function bestEvaluation({ evals, checkpoints }: RunHistory): EvalEvent | undefined {
  const step = checkpoints.findLast((c) => c.reason === 'best')?.step;
  return evals.findLast((e) => e.step === step) ?? evals.at(-1);
}

export function metricNames(evals: readonly EvalEvent[]): string[] {
  return [...new Set(evals.flatMap((e) => Object.keys(e.metrics)))];
}

/** Domains, where there are several. */
export function domainNames(evals: readonly EvalEvent[]): string[] {
  const names = [...new Set(evals.flatMap((e) => Object.keys(e.domains)))];
  return names.length > 1 ? names : [];
}

export function scoreRows(history: RunHistory): ScoreRow[] {
  const { evals } = history;
  const best = bestEvaluation(history);
  const last = evals.at(-1);
  const rows: ScoreRow[] = [];
  const first = evals[0];
  if (first?.step === 0) rows.push({ name: 'Before training (zero-shot)', metrics: first.metrics });
  if (best && best.step > 0) rows.push({ name: `Best, epoch ${best.epoch}`, metrics: best.metrics });
  if (last && last !== best && last.step > 0)
    rows.push({ name: `Last, epoch ${last.epoch}`, metrics: last.metrics });
  for (const domain of domainNames(evals)) {
    const metrics = best?.domains[domain];
    if (metrics) rows.push({ name: `${domain}, epoch ${best.epoch}`, metrics });
  }
  return rows;
}

/** A metric over the steps, of all queries or of a domain's. */
export function scoreCurve(evals: readonly EvalEvent[], metric: string, domain?: string): Point[] {
  return evals.flatMap((e) => {
    const y = (domain === undefined ? e.metrics : e.domains[domain])?.[metric];
    return y === undefined ? [] : [{ x: e.step, y }];
  });
}

/** Its value at the evaluation that counts at a step: the last one until then. */
export function scoreAt(curve: readonly Point[], step: number | null): number | undefined {
  if (step === null) return curve.at(-1)?.y;
  return (curve.findLast((p) => p.x <= step) ?? curve[0])?.y;
}
