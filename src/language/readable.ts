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
export function isReadable({ problems }: ParsedConfig): boolean {
  return problems.every(({ code }) => !UNREADABLE.has(code));
}
