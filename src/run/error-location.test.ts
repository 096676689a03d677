import { describe, expect, it } from 'vitest';
import { findLocation, shortMessage } from './error-location.ts';

describe('findLocation', () => {
  it.each([
    ['error: /w/configs/a b.yaml:12:7: unknown key', '/w/configs/a b.yaml', 12, 7],
    ['error: C:\\w\\a.yml:3:1: unknown key', 'C:\\w\\a.yml', 3, 1],
    ['error: /w/configs/a.yaml: 2 errors\nconfigs/a.yaml:9:15: error: no', '/w/configs/a.yaml', 9, 15],
    ['2 problems:\n/w/a.yaml:1:2: x\n/w/a.yaml:4:5: y', '/w/a.yaml', 1, 2],
  ])('%j', (message, file, line, column) => {
    expect(findLocation(message)).toEqual({ file, line, column });
  });
  it('finds none where there is none', () => {
    expect(findLocation('error: no such file: /w/a.yaml')).toBeUndefined();
  });
});

it('shortens a message for a notification', () => {
  expect(shortMessage('error: wrong\n  expected: a\n  got:      b\n')).toBe('wrong. expected: a. got: b');
  const problems =
    'error: /w/c.yaml: 1 error\n/w/c.yaml:2:3: error: no key x\n   x: 12\n   ^^\n  to do: correct it';
  expect(shortMessage(problems)).toBe('c.yaml: 1 error. c.yaml:2:3: error: no key x. to do: correct it');
  expect(shortMessage('2 are damaged:\n  a.jpg: x')).toBe('2 are damaged: a.jpg: x');
  expect(shortMessage('x'.repeat(1000))).toBe(`${'x'.repeat(400)} …`);
  expect(shortMessage('')).toBe('the trainer ended without a message');
});
