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

/**
 * A problem at a key; details as in `Problem`. What is not in the file cannot be replaced by a suggestion.
 *
 * @param more `related`: paths of other keys that have a part in it; those that the file gives are pointed at
 */
export function at(
  input: CheckInput,
  path: string,
  code: ProblemCode,
  message: string,
  more: Partial<Pick<Problem, 'expected' | 'got' | 'suggestion'>> & {
    readonly part?: 'value' | 'key';
    readonly related?: readonly string[];
  } = {},
): Problem {
  const { part = 'value', suggestion, related = [], ...details } = more;
  const others = related
    .filter((other) => other !== path && input.has(other))
    .map((other) => ({ range: input.rangeOf(other, 'entry'), message: `${other} stands here` }));
  return problem(input.file, input.rangeOf(path, part), code, {
    path,
    message,
    ...details,
    ...(suggestion !== undefined && input.has(path) && { suggestion }),
    ...(others.length > 0 && { related: others }),
  });
}
