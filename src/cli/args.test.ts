import { describe, expect, test } from 'vitest';
import { ExitCode, MdfeError } from '../common/errors.ts';
import { choiceOption, integerOption, parseArguments } from './args.ts';
import type { Command } from './command.ts';

const command: Command = {
  name: 'try',
  summary: '',
  positionals: 'A [B]',
  options: {
    'output-dir': { type: 'string', help: '' },
    threads: { type: 'string', help: '', default: '2' },
    json: { type: 'boolean', help: '' },
  },
  run: async () => ExitCode.done,
};
const parse = (...argv: string[]) => parseArguments(command, argv);
const failure = (action: () => unknown): MdfeError => {
  try {
    action();
  } catch (error) {
    if (error instanceof MdfeError) return error;
  }
  throw new Error('no MdfeError');
};

test('flags are read in both spellings, with values apart or after =', () => {
  for (const argv of [['--output-dir', 'x_y'], ['--output_dir', 'x_y'], ['--output_dir=x_y']])
    expect(parse('a', ...argv).string('output-dir')).toBe('x_y');
});

test('defaults, flags and positionals', () => {
  const args = parse('a', '--json', 'b');
  expect(args.positionals).toEqual(['a', 'b']);
  expect(args.flag('json')).toBe(true);
  expect(args.string('threads')).toBe('2');
  expect(args.string('output-dir')).toBeUndefined();
});

describe('errors end with 2', () => {
  test.each([
    ['too few', [], /takes A \[B\]/],
    ['too many', ['a', 'b', 'c'], /takes A \[B\]/],
    ['misspelt', ['a', '--thread', '3'], /did you mean --threads/],
    ['unlike any', ['a', '--qqqqqqqq'], /mdfe try --help/],
  ])('%s', (_, argv, message) => {
    const error = failure(() => parse(...argv));
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(ExitCode.usage);
  });

  test('numbers and words', () => {
    expect(integerOption(parse('a', '--threads', '3'), 'threads', 1, 4)).toBe(3);
    for (const bad of ['0', '5', '1.5', 'x'])
      expect(failure(() => integerOption(parse('a', '--threads', bad), 'threads', 1, 4)).message).toContain(
        bad,
      );
    expect(
      failure(() => choiceOption(parse('a', '--threads', 'tow'), 'threads', ['one', 'two'])).message,
    ).toMatch(/did you mean two/);
  });
});
