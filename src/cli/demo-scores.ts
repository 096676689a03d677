import type { Config } from '../config/schema/index.ts';
import { retrievalSet } from '../eval/hold-out.ts';
import type { RetrievalScores } from '../eval/score.ts';
import { ThumbnailStore } from '../features/thumbnails.ts';
import type { EvalEvent } from '../run/events.ts';
import { foldEvents } from '../run/history.ts';
import { readEvents } from '../run/reader.ts';
import { HeldOutScorer } from '../train/held-out-scorer.ts';
import { scoreText } from './score-table.ts';
import { table } from './table.ts';

/** Side of the raw-pixel baseline's thumbnails. */
const SIDE = 8;

/**
 * Scores on classes that training never saw: raw pixels, the backbone with an untrained neck, and with the neck after the
 * last epoch. Not the best epoch: these very images would have chosen it.
 */
export async function demoScores(runDir: string, dataDir: string, config: Config): Promise<string> {
  const raw = await rawPixels(dataDir, config);
  const { evals } = foldEvents(readEvents(runDir));
  const untrained = evals.find((e) => e.step === 0);
  const trained = evals.findLast((e) => e.step > 0);
  const { embedding_dim: dim } = config.MODEL;
  const row = (what: string, numbers: number, metrics: EvalEvent['metrics'] | undefined) => [
    what,
    String(numbers),
    String(raw.queries),
    scoreText(metrics?.['mMP@5']),
    scoreText(metrics?.['P@1']),
  ];
  const overall = table(
    ['embedding', 'numbers', 'queries', 'mMP@5', 'P@1'],
    [
      row('raw pixels', 3 * SIDE * SIDE, raw.metrics),
      row('backbone with untrained neck', dim, untrained?.metrics),
      row('backbone with trained neck', dim, trained?.metrics),
    ],
  );
  const byDomain = table(
    ['mMP@5 by domain', 'queries', 'raw pixels', 'untrained neck', 'trained neck'],
    [...raw.domains].map(([domain, { queries, metrics }]) => [
      domain,
      String(queries),
      ...[metrics, untrained?.domains[domain], trained?.domains[domain]].map((m) => scoreText(m?.['mMP@5'])),
    ]),
  );
  return `${overall}\n\n${byDomain}`;
}

/** Images as they are, shrunk to a thumbnail. */
async function rawPixels(dataDir: string, config: Config): Promise<RetrievalScores> {
  const set = await retrievalSet(config, dataDir);
  const store = new ThumbnailStore(set, SIDE);
  const all = Int32Array.from({ length: set.length }, (_, i) => i);
  return new HeldOutScorer(set, store, all, config.EVAL.metric).score((pixels) => pixels, store.width);
}
