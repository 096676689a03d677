import type { RunEvent } from './events.ts';
import { foldEvents, type RunHistory } from './history.ts';
import type { SweepMetric, SweepRecord, SweepRunRecord } from './sweep-record.ts';

type Outcome = Pick<SweepRunRecord, 'score' | 'metrics' | 'loss' | 'seconds' | 'trainingSeconds'>;

/** What a finished run has to say in the table of its sweep. */
export function runOutcome(events: readonly RunEvent[], metric: SweepMetric): Outcome {
  const history = foldEvents(events);
  const loss = history.epochs.at(-1)?.meanLoss ?? history.loss.at(-1);
  const metrics = bestEvaluation(history, metric);
  const score = metric.name === 'loss' ? loss : metrics?.[metric.name];
  const ends = events.flatMap((event) => (event.type === 'end' ? [event] : []));
  const begun = history.start?.time;
  const ended = ends.at(-1)?.time;
  return {
    ...(score !== undefined && { score }),
    ...(metrics && { metrics }),
    ...(loss !== undefined && { loss }),
    seconds: ends.reduce((sum, end) => sum + end.seconds, 0),
    ...(begun !== undefined && ended !== undefined && { trainingSeconds: (ended - begun) / 1000 }),
  };
}

/** Where the checkpoint `<name>_best` was written; the score before the first step does not count. */
function bestEvaluation({ evals }: RunHistory, { name, goal }: SweepMetric) {
  const trained = evals.filter((e) => e.step > 0);
  const ranked = trained.toSorted((a, b) => compare(a.metrics[name], b.metrics[name], goal));
  return ranked[0]?.metrics;
}

/** Runs by score, the best first; those without one at the end, in their own order. */
export function rankedRuns({ runs, metric }: SweepRecord): SweepRunRecord[] {
  return runs.toSorted((a, b) => compare(a.score, b.score, metric.goal) || a.index - b.index);
}

/** `3 of 12 runs done, 1 failed; best: lr=2e-2 (mMP@5 0.7131)` */
export function sweepSummary(record: SweepRecord): string {
  const count = (state: SweepRunRecord['state']) => record.runs.filter((run) => run.state === state).length;
  const failed = count('failed');
  const best = rankedRuns(record)[0];
  const words = [`${count('done')} of ${record.runs.length} runs done`];
  if (failed > 0) words.push(`, ${failed} failed`);
  if (best?.score !== undefined)
    words.push(`; best: ${best.label} (${record.metric.name} ${best.score.toFixed(4)})`);
  return words.join('');
}

function compare(a: number | undefined, b: number | undefined, goal: 'max' | 'min'): number {
  const isNumber = (x: number | undefined): x is number => x !== undefined && !Number.isNaN(x);
  if (isNumber(a) && isNumber(b)) return goal === 'max' ? b - a : a - b;
  return Number(isNumber(b)) - Number(isNumber(a));
}
