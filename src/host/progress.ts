import { formatDuration } from '../common/duration.ts';
import { computedFeatures } from '../run/feature-progress.ts';
import type { RunHistory } from '../run/history.ts';
import type { ObservedStatus } from '../run/record.ts';

/** How far a run is, in a few words: `features 40 % · 12 s`, `62 % · 3 min 05 s`. */
export function progressWords(status: ObservedStatus, history: RunHistory): string {
  const { features, start } = history;
  if (status === 'stopping') return 'stopping';
  if (status === 'features' && features) {
    const { done, total } = computedFeatures(features);
    return total > 0 ? join(`features ${percent(done, total)}`, features.secondsLeft) : 'features stored';
  }
  if (start && history.step > 0) return join(percent(history.step, start.totalSteps), history.secondsLeft);
  return status === 'features' ? 'features' : 'starting';
}

function percent(done: number, total: number): string {
  return `${total > 0 ? Math.floor((100 * done) / total) : 0} %`;
}

function join(text: string, secondsLeft: number): string {
  const left = formatDuration(secondsLeft);
  return left ? `${text} · ${left}` : text;
}
