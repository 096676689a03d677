import { expect, test } from 'vitest';
import { PRECISIONS } from '../common/precision.ts';
import { choiceOption, parseArguments } from './args.ts';
import { embed } from './commands/embed.ts';
import { evaluate } from './commands/evaluate.ts';
import { train } from './commands/train.ts';

test.each([train, evaluate, embed])('$name takes a precision and refuses what is none', (command) => {
  const precision = (text: string) =>
    choiceOption(parseArguments(command, ['a', 'b', '--precision', text]), 'precision', PRECISIONS);
  expect(PRECISIONS.map(precision)).toEqual(PRECISIONS);
  expect(() => precision('int4')).toThrow(/--precision has no usable value/);
});
