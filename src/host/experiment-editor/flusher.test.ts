import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Flusher } from './flusher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const asked: number[] = [];
  const flusher = new Flusher((id) => asked.push(id));
  let saved = 0;
  const save = () => void flusher.flush().then(() => saved++);
  const savedNow = async () => {
    await vi.advanceTimersByTimeAsync(0);
    return saved;
  };
  return { asked, flusher, save, savedNow };
}

test('a save waits for the page, each for its own answer', async () => {
  const { asked, flusher, save, savedNow } = start();
  save();
  save();
  expect(asked).toEqual([1, 2]);
  flusher.flushed(2);
  expect(await savedNow()).toBe(1);
  flusher.flushed(1);
  flusher.flushed(1);
  expect(await savedNow()).toBe(2);
});

test('a save does not wait for a page that is gone, or that says nothing', async () => {
  const { flusher, save, savedNow } = start();
  save();
  flusher.gone();
  expect(await savedNow()).toBe(1);
  save();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await savedNow()).toBe(2);
});
