import type { ParsedConfig } from '../config/parse.ts';
import type { ProblemCode } from '../config/problem-codes.ts';

/** Beyond such an error the parser guesses. */
const UNREADABLE: ReadonlySet<ProblemCode> = new Set([
  'config/syntax',
  'config/tab',
  'config/too-large',
  'config/too-deep',
  'config/not-a-mapping',
]);

/** Whether a text is YAML of the form of a configuration, so that its keys are where they seem to be. */
export function isReadable(parsed: ParsedConfig): boolean {
  return brokenLine(parsed) === undefined;
}

/** Line from which on it is not; undefined where it is. */
export function brokenLine({ problems }: ParsedConfig): number | undefined {
  return problems.find(({ code }) => UNREADABLE.has(code))?.range.start.line;
}
