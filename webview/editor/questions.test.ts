import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AskMessage } from '../../src/language/experiment-editor-messages.ts';
import { inTime, Questions } from './questions.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('answers come to their questions in any order; a failure says why', async () => {
  const posted: AskMessage[] = [];
  const questions = new Questions((message) => posted.push(message));
  const first = questions.ask('completion', { offset: 3 });
  const second = questions.ask('hover', { offset: 4 });
  const third = questions.ask('quickFixes', {});
  expect(posted.map(({ method, params }) => [method, params])).toEqual([
    ['completion', { offset: 3 }],
    ['hover', { offset: 4 }],
    ['quickFixes', {}],
  ]);
  const [a, b, c] = posted.map(({ id }) => id);
  questions.answer(b!, undefined);
  questions.answer(a!, []);
  questions.fail(c!, 'the worker ended');
  questions.answer(c!, []);
  expect(await first).toEqual([]);
  expect(await second).toBeUndefined();
  await expect(third).rejects.toThrow('the worker ended');
});

test('a promise is given up after its time', async () => {
  expect(await inTime(Promise.resolve(1), 100)).toBe(1);
  await expect(inTime(Promise.reject(new Error('no')), 100)).rejects.toThrow('no');
  const late = expect(inTime(new Promise(() => {}), 100)).rejects.toThrow('within 100 ms');
  await vi.advanceTimersByTimeAsync(100);
  await late;
});
