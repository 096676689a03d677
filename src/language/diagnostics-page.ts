import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import { PROBLEM_CODES, type ProblemCode } from '../config/problem-codes.ts';
import type { DatasetRegistry } from '../config/registries.ts';
import { DIAGNOSTIC_EXAMPLES, unmark } from './diagnostic-examples.ts';
import { quickFixes } from './quick-fixes.ts';

const INTRODUCTION = `# Diagnostics

<!-- Generated from src/config/problem-codes.ts and src/language/diagnostic-examples.ts by \`npm run docs\`. -->

What the editor underlines in a configuration and \`mdfe train\` prints, by code. An error stops the command with exit
code 2; a warning and an information do not. Those that depend on the machine (\`config/dataset-missing\`,
\`config/file-missing\`, \`config/gpu-ids\`, \`config/no-credentials\`) are shown in the editor only. The place of each
problem stands between ‹ and ›.`;

/** docs/diagnostics.md: every code with an example, its message and its quick fixes. */
export function diagnosticsPage(datasets: DatasetRegistry): string {
  const codes = Object.keys(PROBLEM_CODES) as ProblemCode[];
  return `${[INTRODUCTION, ...codes.map((code) => diagnosticBlock(code, datasets))].join('\n\n')}\n`;
}

/** The entry of one code. */
export function diagnosticBlock(code: ProblemCode, datasets: DatasetRegistry): string {
  const { severity, meaning } = PROBLEM_CODES[code];
  const { todo, text: marked, machine } = DIAGNOSTIC_EXAMPLES[code];
  const lines = [
    `## \`${code}\``,
    '',
    `${severity[0]!.toUpperCase()}${severity.slice(1)}. ${meaning}`,
    '',
    todo,
  ];
  if (marked === undefined) return lines.join('\n');
  const context = { models: knownModels, datasets, ...(machine && { machine }) };
  const { text } = unmark(marked);
  const parsed = parseConfig(text, 'x.yaml', context);
  const problem = parsed.problems.find((p) => p.code === code)!;
  lines.push('', '```yaml', marked.trimEnd(), '```', '', `> ${problem.message}`);
  const fixes = quickFixes(text, parsed, context).filter((fix) => fix.problem === problem);
  if (fixes.length > 0) lines.push('', `Quick fixes: ${fixes.map((fix) => fix.title).join('; ')}.`);
  return lines.join('\n');
}
