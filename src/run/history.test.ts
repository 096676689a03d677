import { expect, test } from 'vitest';
import type { EventBody, RunEvent } from './events.ts';
import { foldEvents } from './history.ts';

const numbered = (bodies: EventBody[]): RunEvent[] =>
  bodies.map((body, seq) => ({ v: 1, seq, time: 0, ...body }) as RunEvent);

const start = (fromStep: number): EventBody => ({
  type: 'start',
  name: 'm1',
  resumed: fromStep > 0,
  fromStep,
  classes: 2,
  samples: 4,
  epochs: 3,
  stepsPerEpoch: 2,
  totalSteps: 6,
  batchSize: 2,
  trainableParameters: 1,
  totalParameters: 2,
  trainEngine: { name: 'x', device: 'y', rejected: [] },
});

const steps = (first: number, ...loss: number[]): EventBody => ({
  type: 'step',
  first,
  loss,
  lr: loss.map(() => 0.1),
  lrAfter: loss.map(() => 0.2),
  epoch: 1,
  speed: 10,
  secondsLeft: 1,
});

test('steps that an interrupted process wrote after its checkpoint count once', () => {
  const history = foldEvents(
    numbered([
      start(0),
      steps(1, 9, 8, 7),
      { type: 'epoch', epoch: 1, meanLoss: 8.5, seconds: 1 },
      steps(4, 6, 5),
      { type: 'epoch', epoch: 2, meanLoss: 6.5, seconds: 1 },
      start(3),
      steps(4, 60, 50, 40),
      { type: 'epoch', epoch: 2, meanLoss: 33.5, seconds: 1 },
    ]),
  );
  expect(history.loss).toEqual([9, 8, 7, 60, 50, 40]);
  expect(history.lr).toHaveLength(6);
  expect(history.epochs.map((e) => e.meanLoss)).toEqual([8.5, 33.5]);
});

test('a resumed run has no outcome until it ends again', () => {
  const failed: EventBody = { type: 'error', code: 'x', text: 'broken' };
  expect(foldEvents(numbered([start(0), failed])).outcome).toMatchObject({ type: 'error' });
  expect(foldEvents(numbered([start(0), failed, start(1)])).outcome).toBeUndefined();
});

test('checkpoints, ends and resuming are lines of the log', () => {
  const { lines } = foldEvents(
    numbered([
      start(0),
      { type: 'checkpoint', step: 3, epoch: 1, file: 'checkpoints/a.safetensors', reason: 'stop' },
      { type: 'end', status: 'stopped', step: 3, seconds: 1 },
      { ...start(3), resumed: true } as EventBody,
    ]),
  );
  expect(lines.map((line) => line.text)).toEqual([
    'wrote checkpoints/a.safetensors after step 3',
    'stopped after step 3',
    'resumed after step 3',
  ]);
});
