import type { Problem } from '../problem.ts';
import type { Check, CheckInput } from './check.ts';

const CHECKS: readonly Check[] = [];

/** All rules between keys, on the values that count. */
export function runChecks(input: CheckInput): readonly Problem[] {
  return CHECKS.flatMap((check) => check(input));
}
