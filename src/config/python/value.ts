/** A value as Python holds it: int and float, list and tuple are told apart. */
export type PyValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'str'; readonly value: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly PyValue[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [PyValue, PyValue])[] }
  /** Legal Python that no key takes; kept only to name it. */
  | { readonly kind: 'bytes' | 'complex' | 'set' | 'date' | 'ellipsis'; readonly text: string };

export const NONE: PyValue = { kind: 'none' };

export function pyInt(value: number): PyValue {
  return { kind: 'int', value: value === 0 ? 0 : value };
}

export function pyFloat(value: number): PyValue {
  return { kind: 'float', value };
}

export function pyStr(value: string): PyValue {
  return { kind: 'str', value };
}

/** As Python prints it, shortened for messages. */
export function repr(value: PyValue, limit = 80): string {
  const text = fullRepr(value, limit);
  return text.length > limit ? `${text.slice(0, limit - 3)}...` : text;
}

/** The shortest decimal that reads back, in Python's spelling: 1e-07, 0.0001, 30.0, inf. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Python switches to the exponent form below 1e-4 and from 1e16 on.
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const plain =
    exponent < 0 ? value.toFixed(mantissa.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** A string literal that Python's literal_eval reads back. */
export function strRepr(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = [...value].map((c) => {
    if (c === '\\' || c === quote) return `\\${c}`;
    if (c === '\n') return '\\n';
    if (c === '\r') return '\\r';
    if (c === '\t') return '\\t';
    const code = c.codePointAt(0)!;
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : c;
  });
  return quote + escaped.join('') + quote;
}

function fullRepr(value: PyValue, limit: number): string {
  const all = (items: readonly PyValue[]) =>
    items
      .slice(0, limit)
      .map((item) => fullRepr(item, limit))
      .join(', ');
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return String(value.value);
    case 'float':
      return floatRepr(value.value);
    case 'str':
      return strRepr(value.value.slice(0, limit));
    case 'list':
      return `[${all(value.items)}]`;
    case 'tuple':
      return value.items.length === 1 ? `(${all(value.items)},)` : `(${all(value.items)})`;
    case 'dict':
      return `{${value.entries
        .slice(0, limit)
        .map(([k, v]) => `${fullRepr(k, limit)}: ${fullRepr(v, limit)}`)
        .join(', ')}}`;
    default:
      return value.text;
  }
}
