import { literalEval } from '../../../src/config/python/literal.ts';
import { resolvePlain } from '../../../src/config/python/yaml-scalar.ts';
import { yamlText } from '../../../src/config/python/yaml-text.ts';
import type { FormField, NumberInput } from '../../../src/language/preview/types.ts';

export type Checked = { readonly yaml: string } | { readonly message: string };

/** What was typed, as YAML, or why it cannot be. Numbers may be written as Python's: 2e-2, 1_000, .5 */
export function checkInput(field: Pick<FormField, 'path' | 'number' | 'expected'>, typed: string): Checked {
  const text = typed.trim();
  const refused = { message: `${field.path} takes ${field.expected}` };
  if (!field.number) return text === '' ? refused : { yaml: yamlText(text, true) };
  return isWithin(text, field.number) ? { yaml: text } : refused;
}

function isWithin(text: string, limits: NumberInput): boolean {
  const plain = resolvePlain(text);
  const read = plain?.kind === 'str' ? literalEval(plain.value) : plain;
  if (read?.kind !== 'int' && (limits.whole || read?.kind !== 'float')) return false;
  const { value } = read;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  return (
    Number.isFinite(value) &&
    (minimum === undefined || value >= minimum) &&
    (maximum === undefined || value <= maximum) &&
    (exclusiveMinimum === undefined || value > exclusiveMinimum) &&
    (exclusiveMaximum === undefined || value < exclusiveMaximum)
  );
}
