import type { RunHistory } from './history.ts';

/**
 * `step,loss,lr` of every step; lr is the rate after the step, as the charts show it. Numbers are JavaScript's shortest
 * decimals that read back as the same doubles.
 */
export function curvesCsv({ loss, lrAfter }: Pick<RunHistory, 'loss' | 'lrAfter'>): string {
  const rows = loss.map((value, i) => `${i + 1},${value},${lrAfter[i]}`);
  return `${['step,loss,lr', ...rows].join('\n')}\n`;
}
