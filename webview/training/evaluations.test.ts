import { describe, expect, it } from 'vitest';
import { EVENT_VERSION, type EventBody, type RunEvent } from '../../src/run/events.ts';
import { foldEvents } from '../../src/run/history.ts';
import { bestEvaluation, domainNames, scoreAt, scoreCurve, scoreRows } from './evaluations.ts';

const evaluation = (step: number, score: number, domains: Record<string, number> = {}): EventBody => ({
  type: 'eval',
  step,
  epoch: step / 10,
  metrics: { 'mMP@5': score },
  domains: Object.fromEntries(Object.entries(domains).map(([name, s]) => [name, { 'mMP@5': s }])),
});
const best = (step: number): EventBody => ({
  type: 'checkpoint',
  step,
  epoch: step / 10,
  file: 'checkpoints/x_best.safetensors',
  reason: 'best',
});
const history = (...bodies: EventBody[]) =>
  foldEvents(bodies.map((body, seq) => ({ v: EVENT_VERSION, seq, time: 0, ...body }) as RunEvent));

describe('scores of a run', () => {
  const run = history(
    evaluation(0, 0.1, { food: 0, cars: 0.2 }),
    evaluation(10, 0.5, { food: 0.4, cars: 0.6 }),
    best(10),
    evaluation(20, 0.3, { food: 0.3, cars: 0.3 }),
  );
  it('tells the zero-shot score, the best and the last, and the domains at the best', () => {
    expect(scoreRows(run)).toEqual([
      { name: 'Before training (zero-shot)', metrics: { 'mMP@5': 0.1 } },
      { name: 'Best, epoch 1', metrics: { 'mMP@5': 0.5 } },
      { name: 'Last, epoch 2', metrics: { 'mMP@5': 0.3 } },
      { name: 'food, epoch 1', metrics: { 'mMP@5': 0.4 } },
      { name: 'cars, epoch 1', metrics: { 'mMP@5': 0.6 } },
    ]);
  });
  it('has the last evaluation as the best before a checkpoint says which is', () => {
    const early = history(evaluation(0, 0.1), evaluation(10, 0.2));
    expect(bestEvaluation(early)?.step).toBe(10);
    expect(scoreRows(early).map((r) => r.name)).toEqual(['Before training (zero-shot)', 'Best, epoch 1']);
  });
  it('leaves out a single domain: it says what the whole says', () => {
    expect(domainNames(history(evaluation(0, 0.1, { food: 0.1 })).evals)).toEqual([]);
  });
  it('draws metrics over steps and reads them at any step', () => {
    const curve = scoreCurve(run.evals, 'mMP@5', 'food');
    expect(curve).toEqual([
      { x: 0, y: 0 },
      { x: 10, y: 0.4 },
      { x: 20, y: 0.3 },
    ]);
    expect([scoreAt(curve, 15), scoreAt(curve, null), scoreAt([], 3)]).toEqual([0.4, 0.3, undefined]);
  });
});
