import { NONE, type PyValue, pyFloat, pyInt, pyStr } from './value.ts';

/**
 * What PyYAML (YAML 1.1) makes of a plain scalar: `yes` is true, `1:30` is 90, `010` is 8, and `2e-2` and `None` are
 * strings. Undefined where PyYAML itself fails (`=`, `<<`, `0b_`). Patterns as in yaml/resolver.py.
 */
export function resolvePlain(text: string): PyValue | undefined {
  for (const [pattern, read] of RESOLVERS) if (pattern.test(text)) return read(text);
  return pyStr(text);
}

const RESOLVERS: readonly (readonly [RegExp, (text: string) => PyValue | undefined])[] = [
  [
    /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    (text) => ({ kind: 'bool', value: /^(?:yes|true|on)$/i.test(text) }),
  ],
  [
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    yamlFloat,
  ],
  [
    /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    yamlInt,
  ],
  [/^(?:~|null|Null|NULL|)$/, () => NONE],
  [
    /^(?:\d{4}-\d{2}-\d{2}|\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::\d{2})?))?)$/,
    (text) => ({ kind: 'date', text }),
  ],
  [/^(?:=|<<)$/, () => undefined],
];

/** Also what the tag !!float does to any text. */
export function yamlFloat(text: string): PyValue | undefined {
  let digits = text.replaceAll('_', '').toLowerCase();
  const sign = digits.startsWith('-') ? -1 : 1;
  digits = digits.replace(/^[-+]/, '');
  if (digits === '.inf') return pyFloat(sign * Number.POSITIVE_INFINITY);
  if (digits === '.nan') return pyFloat(Number.NaN);
  const value = digits.includes(':') ? sexagesimal(digits) : decimal(digits);
  return Number.isNaN(value) ? undefined : pyFloat(sign * value);
}

/** Also what the tag !!int does to any text. */
export function yamlInt(text: string): PyValue | undefined {
  let digits = text.replaceAll('_', '');
  const sign = digits.startsWith('-') ? -1 : 1;
  digits = digits.replace(/^[-+]/, '');
  const value = wholeNumber(digits);
  return Number.isNaN(value) ? undefined : pyInt(sign * value);
}

function wholeNumber(digits: string): number {
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits)) return Number(digits);
  if (/^0[0-7]*$/.test(digits)) return Number.parseInt(digits, 8);
  if (digits.includes(':')) return sexagesimal(digits);
  return /^[1-9][0-9]*$/.test(digits) ? Number(digits) : Number.NaN;
}

/** Base 60, as YAML 1.1 has it for times: 1:30 is 90. */
function sexagesimal(digits: string): number {
  return digits.split(':').reduce((total, part) => total * 60 + decimal(part), 0);
}

function decimal(digits: string): number {
  return /^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
}
