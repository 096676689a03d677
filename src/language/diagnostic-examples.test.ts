import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { knownModels } from '../config/known-models.ts';
import { parseConfig } from '../config/parse.ts';
import type { ProblemCode } from '../config/problem-codes.ts';
import { knownDatasets } from '../data/datasets/index.ts';
import { DIAGNOSTIC_EXAMPLES, type DiagnosticExample, unmark } from './diagnostic-examples.ts';
import { diagnosticsPage } from './diagnostics-page.ts';
import { applyEdits } from './edits.ts';
import { quickFixes } from './quick-fixes.ts';

/** Too long to be shown. */
const HUGE: Partial<Record<ProblemCode, string>> = {
  'config/too-large': '#'.repeat(600_000),
  'config/too-deep': '['.repeat(80),
};

const examples = Object.entries(DIAGNOSTIC_EXAMPLES) as [ProblemCode, DiagnosticExample][];

describe.each(examples)('%s', (code, example) => {
  const { text, start, end } = unmark(example.text ?? HUGE[code]!);
  const context = {
    models: knownModels,
    datasets: knownDatasets,
    ...(example.machine && { machine: example.machine }),
  };
  const parsed = parseConfig(text, 'x.yaml', context);
  const found = parsed.problems.filter((p) => p.code === code);

  test('its example has that problem alone, at the marked place', () => {
    const codes = parsed.problems.map((p) => p.code);
    // A tab makes the lines around it unreadable too.
    if (code === 'config/tab') expect(codes).toContain(code);
    else expect(codes).toEqual([code]);
    if (example.text !== undefined)
      expect([found[0]?.range.start.offset, found[0]?.range.end.offset]).toEqual([start, end]);
  });

  test('the first quick fix solves it', () => {
    const fixes = quickFixes(text, parsed, context).filter(
      (fix) => fix.problem.code === code && fix.edits.length > 0,
    );
    if (example.fixed === undefined) return;
    const fixed = applyEdits(text, fixes[0]?.edits ?? []);
    expect(fixed).toBe(example.fixed);
    const codes = parseConfig(fixed, 'x.yaml', context).problems.map((p) => p.code);
    expect(codes).not.toContain(code);
  });

  test('no quick fix makes the text unreadable', () => {
    const readable = parsed.problems.every((p) => p.severity !== 'error');
    for (const fix of quickFixes(text, parsed, context)) {
      const after = parseConfig(applyEdits(text, fix.edits), 'x.yaml', context);
      // An example may consist of nothing but the key that is removed.
      const errors = after.problems.filter((p) => p.severity === 'error' && p.code !== 'config/empty');
      if (readable) expect(errors).toEqual([]);
    }
  });
});

test('docs/diagnostics.md is current: run `npm run docs`', () => {
  const page = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');
  expect(page).toBe(diagnosticsPage(knownDatasets));
});
