import { expect, test } from 'vitest';
import { BatchOrder } from './batches.ts';

const order = (shuffle: boolean) => new BatchOrder({ samples: 10, batchSize: 4, seed: 1, shuffle });
const epoch = (of: BatchOrder, e: number) => [0, 1, 2].flatMap((i) => [...of.rows(e * 3 + i)]);

test('every epoch visits every sample once, in batches of which the last may be smaller', () => {
  const shuffled = order(true);
  expect(shuffled.stepsPerEpoch).toBe(3);
  expect([0, 1, 2].map((step) => shuffled.rows(step).length)).toEqual([4, 4, 2]);
  for (const e of [0, 1, 7])
    expect(epoch(shuffled, e).toSorted((a, b) => a - b)).toEqual([...Array(10).keys()]);
});

test('epochs differ, and a step does not depend on what was asked before', () => {
  const shuffled = order(true);
  const first = epoch(shuffled, 0);
  const second = epoch(shuffled, 1);
  expect(second).not.toEqual(first);
  expect(epoch(order(true), 1)).toEqual(second);
  expect(epoch(shuffled, 0)).toEqual(first);
});

test('without shuffling, the order of the file', () => {
  expect(epoch(order(false), 3)).toEqual([...Array(10).keys()]);
});
