import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacing } from './pacing.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start() {
  const sent: string[] = [];
  let text = '';
  const pacing = new Pacing(() => {
    if (text !== '') sent.push(text);
    text = '';
  });
  const type = (words: string, pause = 50) => {
    for (const letter of words) {
      text += letter;
      pacing.typed([{ start: 0, end: 0, newText: letter }]);
      vi.advanceTimersByTime(pause);
    }
  };
  return { sent, type, pacing };
}

test('the first letter goes at once, then whole words', () => {
  const { sent, type } = start();
  type('lr: cosine');
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual(['l', 'r: ', 'cosine']);
});

test('slow typing goes letter by letter', () => {
  const { sent, type } = start();
  type('abc', 500);
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('what is pasted goes at once, and so does everything when it is asked for', () => {
  const { sent, type, pacing } = start();
  type('ab');
  pacing.typed([{ start: 0, end: 0, newText: 'pasted' }]);
  expect(sent).toEqual(['a', 'b']);
  type('cd');
  pacing.now();
  expect(sent).toEqual(['a', 'b', 'cd']);
});
