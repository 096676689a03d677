import { expect, it } from 'vitest';
import { RunHistory } from '../run/history.ts';
import { progressWords } from './progress.ts';

const base = { v: 1, time: 0 } as const;

it('names the phase, the share and the time left', () => {
  const history = new RunHistory();
  expect(progressWords('starting', history)).toBe('starting');
  history.add({
    ...base,
    seq: 0,
    type: 'features',
    done: 940,
    total: 1000,
    reused: 900,
    speed: 1,
    secondsLeft: 12,
  });
  expect(progressWords('features', history)).toBe('features 40 % · 12 s');
  const start = {
    name: 'r',
    resumed: false,
    fromStep: 0,
    classes: 1,
    samples: 1,
    epochs: 1,
    stepsPerEpoch: 3,
  };
  const rest = { totalSteps: 3, batchSize: 1, trainableParameters: 1, totalParameters: 1 };
  const trainEngine = { name: 'e', device: 'd', rejected: [] };
  history.add({ ...base, seq: 1, type: 'start', ...start, ...rest, trainEngine });
  const step = { first: 1, loss: [1, 1], lr: [1, 1], lrAfter: [1, 1], epoch: 1, speed: 1, secondsLeft: 185 };
  history.add({ ...base, seq: 2, type: 'step', ...step });
  expect(progressWords('training', history)).toBe('66 % · 3 min 05 s');
  expect(progressWords('stopping', history)).toBe('stopping');
});
