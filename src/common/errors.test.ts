import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { describeError, errorCode, internalError, usageError } from './errors.ts';

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

test('a file that the system refuses is told without a stack, with the path and what to do', () => {
  const dir = temporaryFolder();
  const loop = join(dir, 'loop');
  symlinkSync(loop, loop);
  for (const [path, code, words] of [
    [join(dir, 'none'), 'ENOENT', 'no such file'],
    [join(loop, 'x'), 'ELOOP', 'leads to itself'],
  ] as const) {
    const error = failureOf(() => readFileSync(path));
    const text = describeError(error);
    expect(text).toContain(`${path}: `);
    expect(text).toContain(words);
    expect(text).toContain('to do:');
    expect(text).not.toMatch(/internal|\n {4}at /);
    expect(errorCode(error)).toBe(`file/${code}`);
  }
});

test('bugs keep their stack', () => {
  expect(describeError(new TypeError('x is undefined'))).toMatch(
    /^internal: TypeError: x is undefined\n\s+at /,
  );
  expect(describeError(internalError('no rule'))).toMatch(/internal: no rule\n\s+at /);
  expect(describeError('text')).toBe('internal: text');
  expect(errorCode(new TypeError('x'))).toBe('internal');
});

test('our own errors are shown as they are', () => {
  const error = usageError({ code: 'a/b', what: 'w', where: 'f', expected: 'e', got: 'g', todo: 't' });
  expect(describeError(error)).toBe('f: w\n  expected: e\n  got:      g\n  to do:    t');
  expect(errorCode(error)).toBe('a/b');
});
