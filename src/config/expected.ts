import { floatRepr, strRepr } from './python/value.ts';
import type { Scalar } from './schema/field.ts';
import { type Field, isAxes } from './schema/fields.ts';

/** What a key takes, in words: `a whole number, at least 1`. */
export function expectedText(field: Field): string {
  if (field.allowed) {
    const values = field.allowed.map(scalarText);
    return values.length > 2
      ? `one of ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
      : values.join(' or ');
  }
  return field.bounds ? `${KINDS[field.meta['x-kind']]}, ${field.bounds}` : KINDS[field.meta['x-kind']];
}

const KINDS: Record<Field['meta']['x-kind'], string> = {
  bool: 'True or False',
  int: 'a whole number',
  float: 'a number',
  str: 'text',
  ints: 'a list of whole numbers',
  floats: 'a list of three numbers',
  strs: 'a list of names',
  axes: 'keys by path, each with a list of values or a range `{min, max, scale, steps}`',
};

/** A value as a YAML file writes it. */
export function scalarText(value: Scalar): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** The default of a key as Python writes it. */
export function defaultText(field: Field): string {
  const { default: value } = field;
  const kind = field.meta['x-kind'];
  if (isAxes(value)) return '{}';
  if (typeof value === 'object' && value !== null)
    return `[${value.map((item) => elementText(item, kind)).join(', ')}]`;
  return typeof value === 'number' || typeof value === 'string'
    ? elementText(value, kind)
    : scalarText(value);
}

function elementText(value: string | number, kind: Field['meta']['x-kind']): string {
  if (typeof value === 'number') return kind.startsWith('float') ? floatRepr(value) : String(value);
  return /^[\w./+-]+$/.test(value) ? value : strRepr(value);
}
