import type { Problem } from './problem.ts';

const LONGEST_LINE = 200;

/** For the command line: `file:line:column: severity: message`, the source line and a mark below the place. */
export function formatProblems(problems: readonly Problem[], text: string): string {
  const lines = text.split(/\r?\n/);
  return printable(problems.map((problem) => formatProblem(problem, lines)).join('\n'));
}

function formatProblem(problem: Problem, lines: readonly string[]): string {
  const { start, end } = problem.range;
  const out = [
    `${problem.file}:${start.line}:${start.column}: ${problem.severity}: ${problem.message} [${problem.code}]`,
  ];
  const source = lines[start.line - 1]?.replace(/^\uFEFF/, '');
  if (source !== undefined && source.trim() !== '' && source.length <= LONGEST_LINE) {
    const last = end.line === start.line ? end.column : source.length + 1;
    const before = source.slice(0, start.column - 1).replace(/[^\t]/g, ' ');
    out.push(`    ${source}`, `    ${before}${'^'.repeat(Math.max(1, last - start.column))}`);
  }
  if (problem.expected !== undefined && !problem.message.includes(problem.expected))
    out.push(`    expected: ${problem.expected}`);
  return out.join('\n');
}

/** A terminal obeys control characters; a damaged file may hold any. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, '\uFFFD');
}
