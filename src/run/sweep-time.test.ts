import { describe, expect, test } from 'vitest';
import type { SweepRunRecord } from './sweep-record.ts';
import { sweepSecondsLeft } from './sweep-time.ts';

const run = (index: number, state: SweepRunRecord['state'], work: number, trainingSeconds?: number) =>
  ({ index, state, work, ...(trainingSeconds !== undefined && { trainingSeconds }) }) as SweepRunRecord;

describe('time left', () => {
  test('is not known before the first step', () => {
    const runs = [run(1, 'running', 10), run(2, 'waiting', 10)];
    expect(sweepSecondsLeft(runs, { index: 1, elapsed: Number.NaN, left: 30 })).toBeUndefined();
  });

  test('of the first run follows from the run itself', () => {
    const runs = [run(1, 'running', 10), run(2, 'waiting', 10), run(3, 'waiting', 20)];
    expect(sweepSecondsLeft(runs, { index: 1, elapsed: 2, left: 8 })).toBe(8 + 10 + 20);
  });

  test('counts the work of the runs that are open; failed ones are over', () => {
    const runs = [run(1, 'done', 10, 5), run(2, 'failed', 10), run(3, 'waiting', 20), run(4, 'stopped', 10)];
    expect(sweepSecondsLeft(runs, undefined)).toBe(15);
  });

  test('adds features that are computed now, and the training behind them', () => {
    const runs = [run(1, 'done', 10, 5), run(2, 'running', 10)];
    expect(sweepSecondsLeft(runs, { index: 2, elapsed: Number.NaN, left: 60 })).toBe(65);
  });

  test('a long run that trains weighs more than short ones that are done', () => {
    const runs = [run(1, 'done', 1, 2), run(2, 'running', 999), run(3, 'waiting', 1000)];
    expect(sweepSecondsLeft(runs, { index: 2, elapsed: 49, left: 49 })).toBe(49 + 100);
  });
});
