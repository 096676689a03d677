import { expect, it } from 'vitest';
import { readFailure } from './failure-text.ts';

it('takes a message of the trainer apart', () => {
  const message =
    '/data: 2 images are missing or damaged:\n  train/a b.jpg: image not found\n  c.PNG: it is empty\n' +
    '  expected: x\n    or y\n  to do:    replace these files';
  expect(readFailure(message)).toEqual({
    lines: [
      { path: '', text: '/data: 2 images are missing or damaged:' },
      { path: 'train/a b.jpg', text: ': image not found' },
      { path: 'c.PNG', text: ': it is empty' },
    ],
    details: [
      { name: 'Expected', text: 'x or y' },
      { name: 'What to do', text: 'replace these files' },
    ],
  });
});

it('shows other texts as they are', () => {
  expect(readFailure('internal: x\n    at f (a.js:1:2)').lines.map((line) => line.text)).toEqual([
    'internal: x',
    '    at f (a.js:1:2)',
  ]);
});
