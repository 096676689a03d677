import { parseConfig } from '../config/parse.ts';
import type { ProblemCode } from '../config/problem-codes.ts';
import type { LanguageContext } from './context.ts';
import { applyEdits, difference, type TextEdit } from './edits.ts';
import { quickFixes } from './quick-fixes.ts';

/** Problems whose first fix changes nothing that is trained, so that an editor may apply it while saving. */
const SAFE: readonly ProblemCode[] = [
  'config/tab',
  'config/ignored-key',
  'config/recomputed-key',
  'config/output-dim',
  'config/image-size-fixed',
  'config/save-epoch',
  'config/dataset-twice',
];

/** More problems of a kind than anyone fixes at once. */
const MAX_FIXES = 100;

/**
 * What takes out all problems of a kind: one edit, made of the first fix of each.
 *
 * @param code absent: all kinds whose fix changes nothing that is trained
 */
export function fixAll(text: string, code?: ProblemCode, context: LanguageContext = {}): TextEdit[] {
  const codes = code === undefined ? SAFE : [code];
  let next = text;
  // One after the other: a fix moves the places of the others, or solves them too.
  for (let i = 0; i < MAX_FIXES; i++) {
    const fixes = quickFixes(next, parseConfig(next, '', context), context);
    const fix = fixes.find(({ problem, edits }) => codes.includes(problem.code) && edits.length > 0);
    if (!fix) break;
    next = applyEdits(next, fix.edits);
  }
  return difference(text, next);
}
