import type { RetrievalMetric } from '../config/names.ts';
import type { Config } from '../config/schema/index.ts';
import { retrievalSet } from '../eval/hold-out.ts';
import { ThumbnailStore } from '../features/thumbnails.ts';
import type { EvalEvent } from '../run/events.ts';
import { foldEvents } from '../run/history.ts';
import { readEvents } from '../run/reader.ts';
import { HeldOutScorer } from '../train/held-out-scorer.ts';
import { scoreText } from './score-table.ts';
import { table } from './table.ts';

const METRIC: RetrievalMetric = 'mMP@5';
/** Side of the raw-pixel baseline's thumbnails. */
const SIDE = 8;

/** mMP@5 on classes that training never saw: raw pixels, the untrained neck and the trained one, per domain. */
export async function demoScores(runDir: string, dataDir: string, config: Config): Promise<string> {
  const set = await retrievalSet(config, dataDir);
  const store = new ThumbnailStore(set, SIDE);
  const scorer = new HeldOutScorer(
    set,
    store,
    Int32Array.from({ length: set.length }, (_, i) => i),
    config.EVAL.metric,
  );
  const raw = await scorer.score((pixels) => pixels, store.width);
  const { evals } = foldEvents(readEvents(runDir));
  const untrained = evals.find((e) => e.step === 0);
  const trained = best(evals.filter((e) => e.step > 0));
  const of = (event: EvalEvent | undefined, domain: string) =>
    scoreText((domain === ALL ? event?.metrics : event?.domains[domain])?.[METRIC]);
  return table(
    ['domain', 'queries', 'raw pixels', 'untrained neck', 'trained neck'],
    [[ALL, raw] as const, ...raw.domains].map(([domain, scores]) => [
      domain,
      String(scores.queries),
      scoreText(scores.metrics[METRIC]),
      of(untrained, domain),
      of(trained, domain),
    ]),
  );
}

const ALL = 'all';

function best(evals: readonly EvalEvent[]): EvalEvent | undefined {
  return evals.reduce<EvalEvent | undefined>(
    (top, e) => (top && top.metrics[METRIC]! >= e.metrics[METRIC]! ? top : e),
    undefined,
  );
}
