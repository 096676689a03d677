import { RETRIEVAL_METRICS } from '../config/names.ts';
import type { RetrievalScores } from '../eval/score.ts';
import type { Scores } from '../eval/tally.ts';
import { table } from './table.ts';

/** Scores overall and by domain. */
export function scoreTable(scores: RetrievalScores): string {
  const rows: [string, Scores][] = [['all', scores], ...scores.domains];
  const anyExcluded = scores.excluded > 0;
  return table(
    ['domain', 'queries', ...(anyExcluded ? ['not counted'] : []), ...RETRIEVAL_METRICS],
    rows.map(([name, { queries, excluded, metrics }]) => [
      name,
      String(queries),
      ...(anyExcluded ? [String(excluded)] : []),
      ...RETRIEVAL_METRICS.map((metric) => scoreText(metrics[metric])),
    ]),
  );
}

/** Four digits; a dash where no query counts. */
export function scoreText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(4);
}
