import { defaultText, scalarText } from '../config/expected.ts';
import { SWEEP_SCALES } from '../config/names.ts';
import { parseConfig } from '../config/parse.ts';
import { type Field, isRange } from '../config/schema/fields.ts';
import { valueLabel } from '../config/sweep/label.ts';
import { AXES, RANGE_KEYS } from '../config/sweep/range-keys.ts';
import { sweepableFields } from '../config/sweep/sweepable.ts';
import type { CompletionItem, ValueItem } from './completion-item.ts';
import type { LanguageContext } from './context.ts';
import type { Cursor } from './cursor.ts';
import { fieldDoc } from './markdown.ts';
import { valueItems } from './value-items.ts';

/** What could stand at a cursor inside `SWEEP.keys`; undefined elsewhere. */
export function sweepItems(
  text: string,
  { kind, path, start, end }: Cursor,
  context: LanguageContext,
): CompletionItem[] | undefined {
  const place = sweepPlace(path);
  if (!place || (place.field === undefined && kind === 'value')) return undefined;
  // What is being typed must not make the text around it unreadable.
  const parsed = parseConfig(text.slice(0, start) + text.slice(end), '', context);
  const hasColon = /^[ \t]*:/.test(text.slice(end));
  const at = (item: ValueItem & { readonly snippet?: boolean }) => ({ snippet: false, ...item, start, end });
  const { field, rangeKey } = place;
  if (field === undefined) {
    const missing = [...sweepableFields.values()].filter((f) => !parsed.has(`${AXES}.${f.path}`));
    return missing.map((f) => at({ ...keyItem(f), insertText: hasColon ? f.path : `${f.path}: ` }));
  }
  if (rangeKey !== undefined) return rangeValues(field, rangeKey).map(at);
  if (kind === 'key')
    return Object.entries(RANGE_KEYS)
      .filter(([key]) => isNumber(field) && !parsed.has(`${AXES}.${field.path}.${key}`))
      .map(([key, meaning]) =>
        at({ ...plain(key, '', meaning), kind: 'key', insertText: hasColon ? key : `${key}: ` }),
      );
  if (isInList(text, start)) {
    const axis = parsed.effective.SWEEP.keys[field.path] ?? [];
    const tried = isRange(axis) ? [] : axis.map(valueLabel);
    return valueItems(field, parsed.effective, context)
      .filter(({ label }) => !tried.includes(label))
      .map(at);
  }
  return axisItems(field).map((item) => at({ ...item, snippet: true }));
}

/** Where a path of keys leads inside `SWEEP.keys`. */
export function sweepPlace(
  path: readonly string[],
): { readonly field?: Field; readonly rangeKey?: string } | undefined {
  const [section, keys, name, rangeKey, ...deeper] = path;
  if (section !== 'SWEEP' || keys !== 'keys') return undefined;
  if (name === undefined) return {};
  const field = sweepableFields.get(name);
  if (!field || deeper.length > 0) return undefined;
  return rangeKey === undefined ? { field } : { field, rangeKey };
}

function keyItem(field: Field): ValueItem {
  return { ...plain(field.path, `default ${defaultText(field)}`, fieldDoc(field)), kind: 'key' };
}

/** A whole list, and for numbers a range. */
function axisItems(field: Field): ValueItem[] {
  const values = field.allowed?.map(scalarText) ?? [defaultText(field)];
  const list = {
    ...plain(`[${values.join(', ')}${field.allowed ? '' : ', ...'}]`, 'list of values', 'Each is tried.'),
    insertText: field.allowed
      ? `[${values.map((value, i) => `\${${i + 1}:${value}}`).join(', ')}]`
      : `[\${1:${defaultText(field)}}, \${2}]`,
  };
  if (!isNumber(field)) return [list];
  const [min, max, scale] = exampleRange(field);
  const range = {
    ...plain(`{min: ${min}, max: ${max}, scale: ${scale}, steps: 5}`, 'range', 'Values between two ends.'),
    insertText: `{min: \${1:${min}}, max: \${2:${max}}, scale: \${3|${scale === 'log' ? 'log,linear' : 'linear,log'}|}, steps: \${4:5}}`,
  };
  return [list, range];
}

/** Around the default, inside the bounds of the key. */
function exampleRange({ default: value, schema }: Field): readonly [string, string, 'linear' | 'log'] {
  const middle = typeof value === 'number' && value > 0 ? value : 1;
  const fits = (x: number) => schema.safeParse(x).success;
  const text = (x: number) => String(Number(x.toPrecision(3)));
  if (fits(middle / 10) && fits(middle * 10)) return [text(middle / 10), text(middle * 10), 'log'];
  const low = fits(middle / 2) ? middle / 2 : middle;
  return [text(low), text(fits(middle * 2) ? middle * 2 : middle), 'linear'];
}

function rangeValues(field: Field, key: string): ValueItem[] {
  if (key === 'scale')
    return SWEEP_SCALES.map((scale) => ({ ...plain(scale, '', RANGE_KEYS.scale), fromSchema: true }));
  if (key === 'steps') return [plain('5', '', RANGE_KEYS.steps)];
  if (key !== 'min' && key !== 'max') return [];
  return [plain(defaultText(field), 'default', RANGE_KEYS[key])];
}

function isNumber(field: Field): boolean {
  return field.meta['x-kind'] === 'int' || field.meta['x-kind'] === 'float';
}

/** Behind a bracket of the same line, or behind a dash. */
function isInList(text: string, start: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*-\s/.test(line) || line.lastIndexOf('[') > line.lastIndexOf(': ');
}

function plain(value: string, detail: string, documentation: string): ValueItem {
  return { label: value, kind: 'value', insertText: value, fromSchema: true, detail, documentation };
}
