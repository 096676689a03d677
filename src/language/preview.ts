import type { ParsedConfig } from '../config/parse.ts';
import type { Problem } from '../config/problem.ts';
import type { LanguageContext } from './context.ts';

/** What the experiment editor shows beside the text: plain data, because it goes from the worker to the page. */
export interface ExperimentPreview {
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

export function experimentPreview(parsed: ParsedConfig, _context: LanguageContext = {}): ExperimentPreview {
  return { problems: parsed.problems };
}
