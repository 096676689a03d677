import { parseConfig } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import type { ConfigContext } from '../config/registries.ts';

/** A change that removes a problem: `newText` in the place of the problem's range. */
export interface QuickFix {
  readonly title: string;
  readonly problem: Problem;
  readonly newText: string;
}

/** Everything that is wrong or remarkable in a configuration, in the order of the file. */
export function diagnostics(text: string, file: string, context: ConfigContext = {}): readonly Problem[] {
  return parseConfig(text, file, context).problems;
}

/** Fixes for the problems that say what should stand there. */
export function quickFixes(problems: readonly Problem[]): QuickFix[] {
  return problems.flatMap((problem) =>
    problem.suggestion === undefined
      ? []
      : [{ title: `Change to ${problem.suggestion}`, problem, newText: problem.suggestion }],
  );
}
