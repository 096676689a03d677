import { csvField } from '../common/csv-field.ts';
import { RETRIEVAL_METRICS } from '../config/names.ts';
import type { EvalEvent } from '../run/events.ts';
import type { RunHistory } from '../run/history.ts';
import { scoreText } from './score-table.ts';
import { table } from './table.ts';

const MAIN = RETRIEVAL_METRICS[0];
const ALL = 'all';

/** One line of scores: of all queries, or of a domain's. */
interface ScoreRow {
  readonly step: number;
  readonly epoch: number;
  readonly domain: string;
  readonly metrics: Readonly<Record<string, number>>;
}

function scoreRows(evals: readonly EvalEvent[]): ScoreRow[] {
  return evals.flatMap(({ step, epoch, metrics, domains }) => [
    { step, epoch, domain: ALL, metrics },
    ...Object.entries(domains).map(([domain, own]) => ({ step, epoch, domain, metrics: own })),
  ]);
}

/** Every evaluation with every metric, overall and by domain. */
export function scoresTable(evals: readonly EvalEvent[]): string {
  return table(
    ['step', 'epoch', 'domain', ...RETRIEVAL_METRICS],
    scoreRows(evals).map(({ step, epoch, domain, metrics }) => [
      String(step),
      String(epoch),
      domain,
      ...RETRIEVAL_METRICS.map((metric) => scoreText(metrics[metric])),
    ]),
  );
}

/** The same as CSV at full precision. */
export function scoresCsv(evals: readonly EvalEvent[]): string {
  const lines = scoreRows(evals).map(({ step, epoch, domain, metrics }) =>
    [step, epoch, csvField(domain), ...RETRIEVAL_METRICS.map((metric) => metrics[metric] ?? '')].join(','),
  );
  return [`step,epoch,domain,${RETRIEVAL_METRICS.join(',')}`, ...lines].join('\n');
}

/** The challenge's metric, a line an evaluation and a column a domain; undefined where there is one domain at most. */
export function domainTable(evals: readonly EvalEvent[]): string | undefined {
  const domains = [...new Set(evals.flatMap((e) => Object.keys(e.domains)))];
  if (domains.length < 2) return undefined;
  return table(
    ['step', `${MAIN} ${ALL}`, ...domains],
    evals.map(({ step, metrics, domains: own }) => [
      String(step),
      scoreText(metrics[MAIN]),
      ...domains.map((domain) => scoreText(own[domain]?.[MAIN])),
    ]),
  );
}

/**
 * The challenge's metric before the first step, after the last and in the best checkpoint, as lines `name: text`. The best
 * one was chosen by the very queries that score it; only the last is a fair estimate. Empty where nothing was evaluated.
 */
export function scoreSummary({ evals, checkpoints }: Pick<RunHistory, 'evals' | 'checkpoints'>): string[] {
  const last = evals.at(-1);
  if (!last || last.step === 0) return [];
  const score = (event: EvalEvent) => `${MAIN} ${scoreText(event.metrics[MAIN])}`;
  const before = evals.find((e) => e.step === 0);
  const bestStep = checkpoints.findLast((c) => c.reason === 'best')?.step;
  const best = evals.find((e) => e.step === bestStep);
  return [
    `scores:    ${before ? `${score(before)} before the first step, ` : ''}${score(last)} after step ${last.step}`,
    ...(best
      ? [
          `best:      ${score(best)} after step ${best.step}` +
            `${best === last ? '' : '; chosen on the same queries, so it flatters'}`,
        ]
      : []),
  ];
}
