import { describe, expect, it } from 'vitest';
import { createSchedule, type ScheduleSpec } from './schedule.ts';

const spec: ScheduleSpec = {
  learningRate: 0.02,
  minLearningRate: 0.001,
  name: 'cosine',
  warmup: 'linear',
  warmupSteps: 7,
  epochBased: false,
  stepsPerEpoch: 7,
  totalSteps: 21,
};
const curve = (s: ScheduleSpec) => Array.from({ length: s.totalSteps }, (_, t) => createSchedule(s).rate(t));

describe('createSchedule', () => {
  it('starts at lr / P, ends at min_lr, and shows each step the rate of the next', () => {
    const schedule = createSchedule(spec);
    expect(schedule.rate(0)).toBeCloseTo(0.02 / 7, 12);
    expect(schedule.rateAfter(20)).toBeCloseTo(0.001, 12);
    for (let t = 0; t < 20; t++) expect(schedule.rateAfter(t)).toBe(schedule.rate(t + 1));
  });

  it('warms up without a schedule too', () => {
    const rates = curve({ ...spec, name: null });
    expect(rates[0]).toBeCloseTo(0.02 / 7, 12);
    expect(rates[5]).toBeCloseTo((0.02 * 6) / 7, 12);
    expect(rates.slice(6)).toEqual(Array(15).fill(0.02));
  });

  it('is constant without schedule and warm-up', () => {
    expect(new Set(curve({ ...spec, name: null, warmup: null }))).toEqual(new Set([0.02]));
  });

  it('advances the warm-up at the end of an epoch when the cosine counts epochs', () => {
    const schedule = createSchedule({ ...spec, epochBased: true, warmupSteps: 100 });
    const cosine = (epoch: number) => 0.001 + (0.019 * (1 + Math.cos((Math.PI * epoch) / 3))) / 2;
    expect(schedule.rate(6)).toBeCloseTo((cosine(0) * 7) / 100, 12);
    expect(schedule.rateAfter(6)).toBeCloseTo((cosine(0) * 8) / 100, 12);
    expect(schedule.rate(7)).toBeCloseTo((cosine(1) * 9) / 100, 12);
    expect(schedule.rate(14)).toBeCloseTo((cosine(2) * 17) / 100, 12);
  });

  it('approaches one exponentially', () => {
    const rates = curve({ ...spec, name: null, warmup: 'exponential' });
    expect(rates[0]).toBeCloseTo(0.02 * (1 - Math.exp(-1 / 7)), 12);
  });
});
