import { counted } from '../common/counted.ts';
import type { Config } from '../config/schema/index.ts';
import type { RetrievalScores } from '../eval/score.ts';
import type { EvalEvent } from '../run/events.ts';
import type { RunFolder } from '../run/folder.ts';
import type { EpochObserver, Verdict } from './loop.ts';

export interface RetrievalObserverOptions {
  readonly config: Config['EVAL'];
  readonly folder: RunFolder;
  readonly score: () => Promise<RetrievalScores>;
  readonly signal: AbortSignal;
  /** Evaluations before a resumed run goes on, oldest first. */
  readonly before: readonly EvalEvent[];
}

/**
 * Scores retrieval before the first step, every EVAL.every epochs and at the end; says which state is the best and
 * when it has not improved for EVAL.patience evaluations. The zero-shot score is shown but competes with nothing.
 */
export class RetrievalObserver implements EpochObserver {
  private readonly options: RetrievalObserverOptions;
  private best = Number.NEGATIVE_INFINITY;
  private sinceBest = 0;

  constructor(options: RetrievalObserverOptions) {
    this.options = options;
    for (const { step, metrics } of options.before)
      if (step > 0) this.isBest(metrics[options.config.best_metric] ?? Number.NaN);
  }

  async observe(step: number, epoch: number, last: boolean): Promise<Verdict> {
    const { config, score, folder, signal, before } = this.options;
    if (before.some((e) => e.step === step)) return { best: false };
    if (step > 0 && !last && epoch % config.every !== 0) return { best: false };
    let scores: RetrievalScores;
    try {
      scores = await score();
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { best: false };
      throw error;
    }
    this.report(scores, step, epoch);
    const value = scores.metrics[config.best_metric];
    folder.logLine(
      `${step === 0 ? 'zero-shot' : `epoch ${epoch}`} ${config.best_metric} ${value.toFixed(4)}`,
    );
    if (step === 0) return { best: false };
    const best = this.isBest(value);
    const patienceEnds = config.patience > 0 && this.sinceBest >= config.patience;
    return {
      best,
      stop: patienceEnds
        ? `${config.best_metric} has not improved for ${counted(this.sinceBest, 'evaluation')}`
        : undefined,
    };
  }

  private report(scores: RetrievalScores, step: number, epoch: number): void {
    const counted = [...scores.domains].filter(([, { queries }]) => queries > 0);
    const domains = Object.fromEntries(counted.map(([name, { metrics }]) => [name, metrics]));
    this.options.folder.emit({ type: 'eval', step, epoch, metrics: scores.metrics, domains });
  }

  private isBest(value: number): boolean {
    const better = value > this.best;
    this.sinceBest = better ? 0 : this.sinceBest + 1;
    if (better) this.best = value;
    return better;
  }
}
