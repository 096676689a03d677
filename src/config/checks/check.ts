import { type Problem, problem, type Range } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import type { ConfigContext } from '../registries.ts';
import type { Config } from '../schema/index.ts';

/** What a check sees: the values that count, where they stand, and what is known beyond the file. */
export interface CheckInput extends ConfigContext {
  readonly file: string;
  readonly effective: Config;
  rangeOf(path: string, part?: 'value' | 'key' | 'entry'): Range;
  /** Whether the file gives the key. */
  has(path: string): boolean;
}

/** A rule between keys: pure, and silent where it does not apply. */
export type Check = (input: CheckInput) => readonly Problem[];

/** A problem at a key; details as in `Problem`. What is not in the file cannot be replaced by a suggestion. */
export function at(
  input: CheckInput,
  path: string,
  code: ProblemCode,
  message: string,
  more: Partial<Pick<Problem, 'expected' | 'got' | 'suggestion'>> & { readonly part?: 'value' | 'key' } = {},
): Problem {
  const { part = 'value', suggestion, ...details } = more;
  return problem(input.file, input.rangeOf(path, part), code, {
    path,
    message,
    ...details,
    ...(suggestion !== undefined && input.has(path) && { suggestion }),
  });
}
