import { defaultText } from '../config/expected.ts';
import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import type { Scalar } from '../config/schema/field.ts';
import { type Field, isSection, nodeAt, type Section, valueAt } from '../config/schema/fields.ts';
import type { Config } from '../config/schema/index.ts';
import type { CompletionItem } from './completion-item.ts';
import type { Coverage, LanguageContext } from './context.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { experimentItems } from './experiment-items.ts';
import { fieldDoc } from './markdown.ts';
import { pathItems } from './path-items.ts';
import { sectionSnippet } from './section-snippet.ts';
import { sweepItems } from './sweep-items.ts';
import { taggedNames, valueItems } from './value-items.ts';

/** What could stand at an offset: keys that are still missing, or values of the key. */
export function completion(
  text: string,
  offset: number,
  context: LanguageContext = {},
  coverage: Coverage = 'all',
): CompletionItem[] {
  const cursor = cursorAt(text, offset);
  if (!cursor) return [];
  const items = sweepItems(text, cursor, context) ?? ordinary(text, offset, cursor, context);
  const fitting = text[cursor.start - 1] === ':' ? items.map(behindColon) : items;
  return coverage === 'all' ? fitting : fitting.filter((item) => !item.fromSchema);
}

/** Without a blank, `name:SGD` would be a word. */
function behindColon(item: CompletionItem): CompletionItem {
  return { ...item, insertText: ` ${item.insertText}` };
}

function ordinary(text: string, offset: number, cursor: Cursor, context: LanguageContext): CompletionItem[] {
  const node = nodeAt(cursor.path);
  if (!node) return [];
  return cursor.kind === 'key'
    ? keys(text, cursor, node, context)
    : values(text, offset, cursor, node, context);
}

function keys(
  text: string,
  cursor: Cursor,
  node: Field | Section,
  context: LanguageContext,
): CompletionItem[] {
  if (!isSection(node)) return [];
  const { start, end } = cursor;
  // A key that is being typed must not make the text around it unreadable.
  const parsed = parseConfig(text.slice(0, start) + text.slice(end), '', context);
  const has = (path: string) => parsed.has(path);
  const lineEnd = text.indexOf('\n', end);
  const line = text.slice(end, lineEnd < 0 ? undefined : lineEnd);
  const hasColon = /^\s*:/.test(line);
  const inFlow = /[{,]\s*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
  const isEmpty = node.path === '' && [...node.children.keys()].every((key) => !has(key));
  return [
    ...(isEmpty && !hasColon ? experimentItems(start, end, context) : []),
    ...keyItems(node, parsed.effective, has, hasColon, inFlow, { start, end }),
  ];
}

function values(
  text: string,
  offset: number,
  cursor: Cursor,
  node: Field | Section,
  context: LanguageContext,
): CompletionItem[] {
  if (isSection(node)) return [];
  const { start, end } = cursor;
  const typed = text.slice(start, offset);
  const paths = pathItems(node, typed, start, end, context);
  if (paths) return paths;
  const parsed = parseConfig(text, '', context);
  const { effective } = parsed;
  const tagged = node.path === 'MODEL.BACKBONE.model_name' ? taggedNames(typed, effective, context) : [];
  const items = tagged.length > 0 ? tagged : valueItems(node, effective, context);
  const taken = cursor.inList ? otherItems(text, parsed, node.path, start) : new Set<string>();
  return items
    .filter(({ label }) => !taken.has(label))
    .map((item) => ({
      ...item,
      snippet: false,
      insertText: asWritten(item.insertText, text, cursor, node),
      start,
      end,
    }));
}

/** Items of a list that are there beside the one at the cursor. */
function otherItems(text: string, parsed: ParsedConfig, list: string, start: number): Set<string> {
  const others = new Set<string>();
  for (let i = 0; parsed.has(`${list}.${i}`); i++) {
    const range = parsed.rangeOf(`${list}.${i}`);
    const isHere = range.start.offset <= start && start <= range.end.offset;
    if (!isHere) others.add(text.slice(range.start.offset, range.end.offset).replace(/^["']|["']$/g, ''));
  }
  return others;
}

/** A value as its place needs it: no second quote, a list in brackets. */
function asWritten(value: string, text: string, { start, inList }: Cursor, { meta }: Field): string {
  if (/["']/.test(text[start - 1] ?? '')) return value.replace(/^"(.*)"$/, '$1');
  const isItem = meta['x-kind'] === 'strs' && !inList && !value.startsWith('[');
  return isItem ? `[${value}]` : value;
}

function keyItems(
  section: Section,
  effective: Config,
  has: (path: string) => boolean,
  hasColon: boolean,
  inFlow: boolean,
  place: { readonly start: number; readonly end: number },
): CompletionItem[] {
  const items: CompletionItem[] = [];
  for (const [key, child] of section.children) {
    if (has(child.path)) continue;
    const isBlock = isSection(child) && !hasColon && !inFlow;
    if (isSection(child))
      items.push({
        label: key,
        kind: 'section',
        insertText: hasColon ? key : isBlock ? sectionSnippet(key, child) : `${key}: {$0}`,
        snippet: !hasColon,
        fromSchema: true,
        ...place,
        detail: child.extension ? 'section (extension)' : 'section',
        documentation: [child.description, child.details].filter(Boolean).join('\n\n'),
      });
    else if (isUsed(child, effective))
      items.push({
        label: key,
        kind: 'key',
        insertText: hasColon ? key : child.meta['x-kind'] === 'axes' && !inFlow ? `${key}:\n  ` : `${key}: `,
        snippet: false,
        fromSchema: true,
        ...place,
        detail: `default ${defaultText(child)}${child.extension ? ' (extension)' : ''}`,
        documentation: fieldDoc(child),
      });
  }
  return items;
}

/** Keys that the chosen head, neck or schedule ignores are not offered. */
export function isUsed(field: Field, effective: Config): boolean {
  const condition = field.meta['x-used-when'];
  return !condition || condition.is.includes(valueAt(effective, condition.key) as Scalar);
}
