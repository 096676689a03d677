import { parseConfig } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import type { ProblemCode } from '../config/problem-codes.ts';
import type { Coverage, LanguageContext } from './context.ts';

/** What a validator of the JSON Schema finds too. */
const SCHEMA_CODES: ReadonlySet<ProblemCode> = new Set([
  'config/syntax',
  'config/tab',
  'config/duplicate-key',
  'config/alias',
  'config/not-a-mapping',
  'config/unknown-key',
  'config/type',
  'config/value',
  'config/range',
  'config/length',
]);

/** Everything that is wrong or remarkable in a configuration, in the order of the file. */
export function diagnostics(
  text: string,
  file: string,
  context: LanguageContext = {},
  coverage: Coverage = 'all',
): readonly Problem[] {
  return covered(parseConfig(text, file, context).problems, coverage);
}

export function covered(problems: readonly Problem[], coverage: Coverage): readonly Problem[] {
  return coverage === 'all' ? problems : problems.filter(({ code }) => !SCHEMA_CODES.has(code));
}
