import type * as z from 'zod';
import { nearest } from '../common/suggest.ts';
import { expectedText, scalarText } from './expected.ts';
import type { ProblemDetails } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';
import { literalEval } from './python/literal.ts';
import { floatRepr, type PyValue, repr } from './python/value.ts';
import type { FieldKind } from './schema/field.ts';
import type { Field, KeyValue } from './schema/fields.ts';

export interface Complaint {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  /** Item of a list that it concerns. */
  readonly item?: number;
}

export type Coerced = { readonly value: KeyValue } | { readonly complaints: readonly Complaint[] };

/**
 * What yacs makes of a value: text goes through literal_eval, then the type must be that of the default, where lists
 * and tuples pass for each other. Beyond yacs, a whole number passes for a float (`lr: 1`), None passes only for keys
 * that can be None, and the items, bounds and allowed values of the schema are checked too.
 */
export function coerce(field: Field, written: PyValue): Coerced {
  const value = written.kind === 'str' ? (literalEval(written.value) ?? written) : written;
  const plain = toPlain(value, field.meta['x-kind'], field.meta['x-nullable'] === true);
  if (plain === undefined) return { complaints: [typeComplaint(field, value)] };
  const checked = field.schema.safeParse(plain);
  if (checked.success) return { value: checked.data as KeyValue };
  return { complaints: checked.error.issues.map((issue) => boundsComplaint(field, value, issue)) };
}

/** The plain value, or undefined if its Python type is not that of the key. */
function toPlain(value: PyValue, kind: FieldKind, nullable: boolean): KeyValue | undefined {
  if (value.kind === 'none') return nullable ? null : undefined;
  switch (kind) {
    case 'bool':
      return value.kind === 'bool' ? value.value : undefined;
    case 'int':
      return value.kind === 'int' ? value.value : undefined;
    case 'float':
      return value.kind === 'float' || value.kind === 'int' ? value.value : undefined;
    case 'str':
      return value.kind === 'str' ? value.value : undefined;
    case 'axes':
      return undefined; // read-axes.ts reads the values key by key
    default: {
      if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
      const items = value.items.map((item) => toPlain(item, ITEM[kind], false));
      return items.includes(undefined) ? undefined : (items as (string | number)[]);
    }
  }
}

const ITEM = { ints: 'int', floats: 'float', strs: 'str' } as const;

function typeComplaint(field: Field, value: PyValue): Complaint {
  const kind = field.meta['x-kind'];
  const suggestion = intended(value, kind);
  const item = 'items' in value && kind in ITEM ? value.items.findIndex((i) => !isOf(i, kind)) : -1;
  const wrong = ('items' in value && value.items[item]) || value;
  const got = `${repr(wrong)} (${NAMES[wrong.kind]}${item >= 0 ? `, item ${item + 1}` : ''})`;
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return {
    code: 'config/type',
    details: {
      path: field.path,
      message: `${field.path} takes ${expectedText(field)}, not ${got}${hint}`,
      expected: expectedText(field),
      got,
      ...(suggestion !== undefined && { suggestion }),
    },
    ...(item >= 0 && { item }),
  };
}

function isOf(item: PyValue, kind: FieldKind): boolean {
  return toPlain(item, ITEM[kind as keyof typeof ITEM], false) !== undefined;
}

/** What the author most likely meant by a value of the wrong type, as it should be written. */
function intended(value: PyValue, kind: FieldKind): string | undefined {
  if (kind === 'int' && value.kind === 'float' && Number.isInteger(value.value)) return String(value.value);
  if (kind === 'bool') {
    if (value.kind === 'int' && (value.value === 0 || value.value === 1))
      return value.value ? 'True' : 'False';
    if (value.kind === 'str' && /^(true|false|yes|no|on|off)$/i.test(value.value))
      return /^(true|yes|on)$/i.test(value.value) ? 'True' : 'False';
  }
  if (kind === 'strs' && value.kind === 'str' && value.value) return `[${JSON.stringify(value.value)}]`;
  if (kind === 'ints' && value.kind === 'int') return `[${value.value}]`;
  if (kind === 'floats' && (value.kind === 'float' || value.kind === 'int')) {
    const channel = floatRepr(value.value);
    return `[${channel}, ${channel}, ${channel}]`;
  }
  // Text that Python reads as something else needs a second pair of quotes.
  if (kind === 'str' && (value.kind === 'int' || value.kind === 'float' || value.kind === 'bool'))
    return `"'${repr(value)}'"`;
  return undefined;
}

function boundsComplaint(field: Field, value: PyValue, issue: z.core.$ZodIssue): Complaint {
  const item = typeof issue.path[0] === 'number' ? issue.path[0] : undefined;
  const at = item !== undefined && 'items' in value ? (value.items[item] ?? value) : value;
  const got = repr(at);
  const expected = expectedText(field);
  const words = value.kind === 'str' ? value.value : got;
  const suggestion = field.allowed && nearest(words, field.allowed.map(scalarText));
  const code: ProblemCode = field.allowed
    ? 'config/value'
    : 'items' in at || at.kind === 'str'
      ? 'config/length'
      : 'config/range';
  const message =
    code === 'config/length'
      ? lengthMessage(field, at)
      : `${field.path} is ${expected}, not ${got}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`;
  return {
    code,
    details: { path: field.path, message, expected, got, ...(suggestion !== undefined && { suggestion }) },
    ...(item !== undefined && { item }),
  };
}

function lengthMessage(field: Field, value: PyValue): string {
  if (value.kind === 'str') return `${field.path} must not be empty`;
  const count = 'items' in value ? value.items.length : 0;
  if (field.meta['x-kind'] === 'floats')
    return `${field.path} takes three numbers (red, green, blue), not ${count}`;
  return `${field.path} must name at least one`;
}

const NAMES: Record<PyValue['kind'], string> = {
  none: 'nothing',
  bool: 'a truth value',
  int: 'a whole number',
  float: 'a floating-point number',
  str: 'text',
  list: 'a list',
  tuple: 'a tuple',
  dict: 'a mapping',
  bytes: 'bytes',
  complex: 'a complex number',
  set: 'a set',
  date: 'a date',
  ellipsis: 'an ellipsis',
};
