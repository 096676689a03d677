import { parseArgs } from 'node:util';
import { usageError } from '../common/errors.ts';
import { nearest } from '../common/suggest.ts';
import type { Arguments, Command } from './command.ts';

/** Reads a command's arguments; flags also in the Python spelling (`--output_dir`). */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = { ...command.options, help: { type: 'boolean', help: '' } as const };
  const args = argv.map(dashed);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args,
      options: Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw explain(command, args, error);
  }
  checkPositionals(command, parsed.positionals);
  return {
    positionals: parsed.positionals,
    string: (name) => (parsed.values[name] as string | undefined) ?? command.options[name]?.default,
    flag: (name) => parsed.values[name] === true,
  };
}

/** A whole number within bounds, or undefined when the option was not given. */
export function integerOption(args: Arguments, name: string, low: number, high: number): number | undefined {
  const text = args.string(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw usageError({
    code: 'usage/bad-value',
    what: `--${name} has no usable value`,
    expected: `a whole number from ${low} to ${high}`,
    got: text,
  });
}

/** One of some words, or undefined when the option was not given. */
export function choiceOption<T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = args.string(name);
  if (text === undefined) return undefined;
  const choice = choices.find((c) => c === text);
  if (choice) return choice;
  const near = nearest(text, choices);
  throw usageError({
    code: 'usage/bad-value',
    what: `--${name} has no usable value`,
    expected: choices.join(', '),
    got: text,
    todo: near && `did you mean ${near}?`,
  });
}

function dashed(argument: string): string {
  const match = /^--([A-Za-z_]+)(=.*)?$/s.exec(argument);
  return match ? `--${match[1]!.replaceAll('_', '-')}${match[2] ?? ''}` : argument;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const wanted = command.positionals.split(' ').filter(Boolean);
  const needed = wanted.filter((name) => !name.startsWith('[')).length;
  const most = wanted.some((name) => name.includes('...')) ? Number.POSITIVE_INFINITY : wanted.length;
  if (given.length >= needed && given.length <= most) return;
  throw usageError({
    code: 'usage/positionals',
    what: `mdfe ${command.name} takes ${command.positionals || 'no arguments'}`,
    got: given.length === 0 ? 'nothing' : given.join(' '),
    todo: `see: mdfe ${command.name} --help`,
  });
}

function explain(command: Command, args: readonly string[], error: unknown): unknown {
  if (!(error instanceof TypeError) || !('code' in error)) return error;
  const names = Object.keys(command.options);
  const unknown = args.find((a) => a.startsWith('--') && !names.includes(a.slice(2).split('=')[0]!));
  const near = unknown && nearest(unknown.slice(2), names);
  return usageError({
    code: 'usage/option',
    what: error.message,
    todo: near ? `did you mean --${near}?` : `see: mdfe ${command.name} --help`,
  });
}
