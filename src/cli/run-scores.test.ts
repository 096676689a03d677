import { describe, expect, it } from 'vitest';
import type { CheckpointEvent, EvalEvent } from '../run/events.ts';
import { domainTable, scoreSummary, scoresCsv, scoresTable } from './run-scores.ts';

const evaluation = (step: number, all: number, domains: Record<string, number>): EvalEvent => ({
  v: 1,
  seq: step,
  time: 0,
  type: 'eval',
  step,
  epoch: step / 10,
  metrics: { 'mMP@5': all, 'P@1': 1 / 3 },
  domains: Object.fromEntries(Object.entries(domains).map(([name, score]) => [name, { 'mMP@5': score }])),
});
const evals = [
  evaluation(0, 0.25, { food: 0.5, 'a, b': 0 }),
  evaluation(10, 0.5, { food: 0.75, 'a, b': 0.25, cars: 1 }),
];

describe('scores of a run', () => {
  it('are a line an evaluation with a column a domain', () => {
    expect(domainTable(evals)).toBe(
      [
        'step  mMP@5 all    food    a, b    cars',
        '----  ---------  ------  ------  ------',
        '   0     0.2500  0.5000  0.0000       -',
        '  10     0.5000  0.7500  0.2500  1.0000',
      ].join('\n'),
    );
    expect(domainTable([evaluation(0, 1, { food: 1 })])).toBeUndefined();
    expect(domainTable([])).toBeUndefined();
  });

  it('end with the last step, and say that the best one was chosen on the same queries', () => {
    const best = (step: number): CheckpointEvent => ({
      v: 1,
      seq: step,
      time: 0,
      type: 'checkpoint',
      step,
      epoch: step / 10,
      file: 'checkpoints/r_best.safetensors',
      reason: 'best',
    });
    const history = [...evals, evaluation(20, 0.375, {})];
    expect(scoreSummary({ evals: history, checkpoints: [best(10)] })).toEqual([
      'scores:    mMP@5 0.2500 before the first step, mMP@5 0.3750 after step 20',
      'best:      mMP@5 0.5000 after step 10; chosen on the same queries, so it flatters',
    ]);
    expect(scoreSummary({ evals, checkpoints: [best(10)] })).toEqual([
      'scores:    mMP@5 0.2500 before the first step, mMP@5 0.5000 after step 10',
      'best:      mMP@5 0.5000 after step 10',
    ]);
    expect(scoreSummary({ evals: [evaluation(0, 1, {})], checkpoints: [] })).toEqual([]);
  });

  it('are a line each with every metric', () => {
    const lines = scoresTable(evals).split('\n');
    expect(lines).toHaveLength(2 + 3 + 4);
    expect(lines[0]).toBe('step  epoch  domain   mMP@5     P@1  recall@5  recall@10  mAP@R');
    expect(lines[3]).toMatch(/^ {3}0 +0 +food +0\.5000 +- +- +- +-$/);
  });

  it('are CSV at full precision, with names quoted where they must be', () => {
    const lines = scoresCsv(evals).split('\n');
    expect(lines[0]).toBe('step,epoch,domain,mMP@5,P@1,recall@5,recall@10,mAP@R');
    expect(lines[1]).toBe('0,0,all,0.25,0.3333333333333333,,,');
    expect(lines[3]).toBe('0,0,"a, b",0,,,,');
  });
});
