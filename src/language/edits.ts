import type { ParsedConfig } from '../config/parse.ts';
import { isSection, nodeAt, type Section } from '../config/schema/fields.ts';

/** `newText` in the place of `start` to `end`, offsets in UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/**
 * Gives a key a value: in the place of its present one, else as the last key of its section, which is added where it
 * is missing. Comments and layout stay.
 *
 * @param path of a key, or of an item of a list that the file gives item by item; behind the last one, it is added
 * @param value as YAML, in one line
 */
export function setKey(text: string, parsed: ParsedConfig, path: string, value: string): TextEdit {
  if (parsed.has(path)) return setValue(text, parsed, path, value);
  const keys = path.split('.');
  const list = nodeAt(keys.slice(0, -1));
  if (list && !isSection(list)) return addItem(text, parsed, keys.slice(0, -1).join('.'), value);
  let depth = keys.length - 1;
  while (depth > 0 && !parsed.has(keys.slice(0, depth).join('.'))) depth--;
  const missing = keys.slice(depth);
  if (depth === 0) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    return insertion(text.length, `${gap}${block(missing, value, 0)}\n`);
  }
  const section = keys.slice(0, depth).join('.');
  const { start, end } = parsed.rangeOf(section);
  if (text[start.offset] === '{') {
    const inside = text.slice(start.offset + 1, end.offset - 1).trim();
    const entry = `${inside === '' || inside.endsWith(',') ? '' : ', '}${flow(missing, value)}`;
    const before = text.slice(start.offset, end.offset - 1).trimEnd();
    return insertion(start.offset + before.length, entry);
  }
  const lineEnd = endOfLine(text, Math.max(end.offset, parsed.rangeOf(section, 'key').end.offset));
  return insertion(lineEnd, `\n${block(missing, value, childIndent(parsed, section))}`);
}

/** Takes a key out with its line; a section that would be left empty goes with it. */
export function removeKey(text: string, parsed: ParsedConfig, path: string): TextEdit {
  const parent = path.split('.').slice(0, -1).join('.');
  if (parent !== '' && childrenOf(parsed, parent).length === 1) return removeKey(text, parsed, parent);
  return removeEntry(text, parsed.rangeOf(path, 'entry').start.offset, parsed.rangeOf(path).end.offset);
}

/** Takes out what stands from `start` to `end`: whole lines of a block, or one entry of a flow mapping or list. */
export function removeEntry(text: string, start: number, end: number): TextEdit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = endOfLine(text, end);
  const alone =
    /^[ \t-]*$/.test(text.slice(lineStart, start)) && /^\s*(#.*)?$/.test(text.slice(end, lineEnd));
  if (alone) return { start: lineStart, end: lineEnd + lineBreakAt(text, lineEnd).length, newText: '' };
  const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
  if (after !== undefined) return { start, end: end + after, newText: '' };
  const before = /\s*,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return { start: start - before, end, newText: '' };
}

/** Text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { start, end, newText } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + newText + result.slice(end);
  return result;
}

/** The one replacement that leads from a text to another; none where they are the same. */
export function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return [{ start, end: before.length - same, newText: after.slice(start, after.length - same) }];
}

function setValue(text: string, parsed: ParsedConfig, path: string, value: string): TextEdit {
  const { start, end } = parsed.rangeOf(path);
  const colon = text.indexOf(':', parsed.rangeOf(path, 'key').end.offset);
  if (start.offset < end.offset) {
    const gap = text.slice(colon + 1, start.offset);
    const isBelow = colon < start.offset && gap.includes('\n') && gap.trim() === '';
    return isBelow
      ? { start: colon + 1, end: end.offset, newText: ` ${value}` }
      : { start: start.offset, end: end.offset, newText: value };
  }
  return insertion(colon + 1, ` ${value}`);
}

/** Behind the last item, in the same form. */
function addItem(text: string, parsed: ParsedConfig, list: string, value: string): TextEdit {
  let count = 0;
  while (parsed.has(`${list}.${count}`)) count++;
  const { start, end } = parsed.rangeOf(`${list}.${count - 1}`);
  const lineStart = text.lastIndexOf('\n', start.offset - 1) + 1;
  const dash = /^[ \t]*-[ \t]+$/.exec(text.slice(lineStart, start.offset))?.[0];
  return dash === undefined
    ? insertion(end.offset, `, ${value}`)
    : insertion(endOfLine(text, end.offset), `\n${dash}${value}`);
}

function insertion(offset: number, newText: string): TextEdit {
  return { start: offset, end: offset, newText };
}

function block(keys: readonly string[], value: string, indent: number): string {
  return keys
    .map((key, i) => `${' '.repeat(indent + 2 * i)}${key}:${i === keys.length - 1 ? ` ${value}` : ''}`)
    .join('\n');
}

function flow(keys: readonly string[], value: string): string {
  return keys.reduceRight(
    (inner, key, i) => (i === keys.length - 1 ? `${key}: ${value}` : `${key}: {${inner}}`),
    '',
  );
}

function childIndent(parsed: ParsedConfig, section: string): number {
  const [child] = childrenOf(parsed, section);
  const columns = child ? parsed.rangeOf(child, 'key').start.column - 1 : undefined;
  return columns ?? parsed.rangeOf(section, 'key').start.column + 1;
}

/** Paths of the keys that the file gives in a section. */
function childrenOf(parsed: ParsedConfig, path: string): string[] {
  const node = nodeAt(path.split('.'));
  if (!node || !isSection(node)) return [];
  return [...(node as Section).children.values()].map((child) => child.path).filter((p) => parsed.has(p));
}

function lineBreakAt(text: string, offset: number): string {
  return /^\r?\n/.exec(text.slice(offset, offset + 2))?.[0] ?? '';
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  const line = end < 0 ? text.length : end;
  return text[line - 1] === '\r' && line > offset ? line - 1 : line;
}
