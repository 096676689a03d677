import { afterEach, expect, it, vi } from 'vitest';
import { ProgressReporter } from './progress.ts';
import type { FeatureProgress } from './request.ts';

afterEach(() => vi.restoreAllMocks());

it('gives the speed of computing alone: neither stored features nor the time until the first are part of it', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const seen: FeatureProgress[] = [];
  const progress = new ProgressReporter(400, (p) => seen.push(p));
  progress.phase('checking', 'looking');
  progress.update(400);
  progress.start(20); // 380 are stored
  expect(seen.at(-1)).toMatchObject({ phase: 'computing', done: 380, reused: 380, speed: 0 });
  now = 5000; // the network is loaded
  progress.add(5);
  expect(seen.at(-1)).toMatchObject({ done: 385, speed: 0, secondsLeft: Number.POSITIVE_INFINITY });
  now = 6000;
  progress.add(10);
  expect(seen.at(-1)).toMatchObject({ done: 395, speed: 10, secondsLeft: 0.5 });
});
