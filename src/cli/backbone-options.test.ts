import { expect, test } from 'vitest';
import { PRECISIONS } from '../common/precision.ts';
import { choiceOption, parseArguments } from './args.ts';
import { readBackboneOptions } from './backbone-options.ts';
import { embed } from './commands/embed.ts';
import { evaluate } from './commands/evaluate.ts';
import { train } from './commands/train.ts';

test.each([train, evaluate, embed])('$name takes a precision and refuses what is none', (command) => {
  const precision = (text: string) =>
    choiceOption(parseArguments(command, ['a', 'b', '--precision', text]), 'precision', PRECISIONS);
  expect(PRECISIONS.map(precision)).toEqual(PRECISIONS);
  expect(() => precision('int4')).toThrow(/--precision has no usable value/);
});

test.each([train, evaluate, embed])('$name refuses a device that there is not', (command) => {
  const device = (text: string) =>
    readBackboneOptions(parseArguments(command, ['a', 'b', '--device', text])).device;
  expect(device('cuda:1')).toBe('cuda:1');
  expect(() => device('gpu')).toThrow(/there is no such device/);
});
