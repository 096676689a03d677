import { literalEval } from './literal.ts';
import { strRepr } from './value.ts';
import { resolvePlain } from './yaml-scalar.ts';

/**
 * A text as YAML that PyYAML, then yacs, read back as the same text: plain where that is safe.
 *
 * @param evaluated yacs evaluates the text as a literal: text that is one must be quoted twice
 */
export function yamlText(value: string, evaluated: boolean): string {
  if (evaluated && literalEval(value) !== undefined) return quoted(strRepr(value));
  const plain =
    /^[A-Za-z/][\w./+ -]*$/.test(value) && !/\s$/.test(value) && resolvePlain(value)?.kind === 'str';
  return plain ? value : quoted(value);
}

/** Double-quoted; JSON's escapes are YAML's. PyYAML refuses unprintable characters that stand there as they are. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
