import { describe, expect, test } from 'vitest';
import { EVENT_VERSION, type EventBody, type RunEvent } from './events.ts';
import type { SweepMetric, SweepRecord, SweepRunRecord } from './sweep-record.ts';
import { rankedRuns, runOutcome, sweepSummary } from './sweep-score.ts';

const events = (...bodies: readonly EventBody[]) =>
  bodies.map((body, seq) => ({ v: EVENT_VERSION, seq, time: 1000 * seq, ...body }) as RunEvent);
const evaluated = (step: number, score: number): EventBody => ({
  type: 'eval',
  step,
  epoch: step,
  metrics: { 'mMP@5': score, 'P@1': 1 - score },
  domains: {},
});
const epoch = (n: number, meanLoss: number): EventBody => ({ type: 'epoch', epoch: n, meanLoss, seconds: 1 });
const end = (seconds: number): EventBody => ({ type: 'end', status: 'done', step: 2, seconds });

describe('the outcome of a run', () => {
  const best: SweepMetric = { name: 'mMP@5', goal: 'max' };

  test('is that of the best evaluation after the first step', () => {
    const outcome = runOutcome(
      events(evaluated(0, 0.9), epoch(1, 5), evaluated(1, 0.7), epoch(2, 4), evaluated(2, 0.6), end(3)),
      best,
    );
    expect(outcome).toEqual({
      score: 0.7,
      metrics: { 'mMP@5': 0.7, 'P@1': expect.closeTo(0.3) },
      loss: 4,
      seconds: 3,
    });
  });

  test('is the mean loss of the last epoch where nothing is held out', () => {
    const outcome = runOutcome(events(epoch(1, 5), epoch(2, 4), end(3)), { name: 'loss', goal: 'min' });
    expect(outcome).toEqual({ score: 4, loss: 4, seconds: 3 });
  });

  test('adds the seconds of all processes that worked on it', () => {
    expect(runOutcome(events(end(3), epoch(1, 4), end(2)), best)).toEqual({ loss: 4, seconds: 5 });
  });
});

describe('ranking', () => {
  const run = (index: number, state: SweepRunRecord['state'], score?: number) =>
    ({ index, state, label: `lr=${index}`, ...(score !== undefined && { score }) }) as SweepRunRecord;
  const record = (goal: 'max' | 'min', ...runs: SweepRunRecord[]) =>
    ({ metric: { name: 'mMP@5', goal }, runs }) as unknown as SweepRecord;
  const order = (of: SweepRecord) => rankedRuns(of).map((r) => r.index);

  test('the best first, runs without a score in their own order behind', () => {
    const runs = [run(1, 'failed'), run(2, 'done', 0.1), run(3, 'waiting'), run(4, 'done', 0.5)];
    expect(order(record('max', ...runs))).toEqual([4, 2, 1, 3]);
    expect(order(record('min', ...runs))).toEqual([2, 4, 1, 3]);
  });

  test('a score that is no number is none; equal ones keep their order', () => {
    const runs = [run(1, 'done', Number.NaN), run(2, 'done', 0.5), run(3, 'done', 0.5)];
    expect(order(record('max', ...runs))).toEqual([2, 3, 1]);
  });

  test('in a sentence', () => {
    expect(sweepSummary(record('max', run(1, 'failed'), run(2, 'done', 0.5)))).toBe(
      '1 of 2 runs done, 1 failed; best: lr=2 (mMP@5 0.5000)',
    );
    expect(sweepSummary(record('max', run(1, 'waiting')))).toBe('0 of 1 runs done');
  });
});
