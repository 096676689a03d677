import { PROBLEM_CODES, type ProblemCode, type Severity } from './problem-codes.ts';

/** Lines and columns count from 1, offsets from 0, both in UTF-16 units as editors count. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  /** Behind the last character. */
  readonly end: Position;
}

/** Another place that a problem has to do with. */
export interface RelatedPlace {
  readonly range: Range;
  readonly message: string;
}

/** Something about a configuration file that its author should know. */
export interface Problem {
  readonly file: string;
  readonly range: Range;
  readonly severity: Severity;
  readonly code: ProblemCode;
  /** One sentence, complete without the other fields. */
  readonly message: string;
  /** Key that it concerns, e.g. `MODEL.HEAD.k`. */
  readonly path?: string;
  readonly expected?: string;
  readonly got?: string;
  /** What could stand at `range` instead. */
  readonly suggestion?: string;
  readonly related?: readonly RelatedPlace[];
}

export type ProblemDetails = Pick<
  Problem,
  'message' | 'path' | 'expected' | 'got' | 'suggestion' | 'related'
>;

export function problem(file: string, range: Range, code: ProblemCode, details: ProblemDetails): Problem {
  return { file, range, severity: PROBLEM_CODES[code].severity, code, ...details };
}

/** In the order of the file; at one place the worst first. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const rank: Record<Severity, number> = { error: 0, warning: 1, information: 2 };
  return problems.toSorted(
    (a, b) => a.range.start.offset - b.range.start.offset || rank[a.severity] - rank[b.severity],
  );
}
