import { defaultText } from '../config/expected.ts';
import { parseConfig } from '../config/parse.ts';
import type { ConfigContext } from '../config/registries.ts';
import type { Scalar } from '../config/schema/field.ts';
import { type Field, isSection, nodeAt, type Section, valueAt } from '../config/schema/fields.ts';
import type { Config } from '../config/schema/index.ts';
import type { CompletionItem } from './completion-item.ts';
import { cursorAt } from './cursor.ts';
import { fieldDoc } from './markdown.ts';
import { valueItems } from './value-items.ts';

/** What could stand at an offset: keys that are still missing, or values of the key. */
export function completion(text: string, offset: number, context: ConfigContext = {}): CompletionItem[] {
  const cursor = cursorAt(text, offset);
  const node = cursor && nodeAt(cursor.path);
  if (!cursor || !node) return [];
  const { start, end } = cursor;
  // A key that is being typed must not make the text around it unreadable.
  const rest = cursor.kind === 'key' ? text.slice(0, start) + text.slice(end) : text;
  const parsed = parseConfig(rest, '', context);
  if (cursor.kind === 'key')
    return isSection(node)
      ? keyItems(node, parsed.effective, (path) => parsed.has(path), cursor.indent, text, { start, end })
      : [];
  if (isSection(node)) return [];
  const quoted = /["']/.test(text[start - 1] ?? '');
  return valueItems(node, parsed.effective, context).map((item) => ({
    ...item,
    insertText: quoted ? item.insertText.replace(/^"(.*)"$/, '$1') : item.insertText,
    start,
    end,
  }));
}

function keyItems(
  section: Section,
  effective: Config,
  has: (path: string) => boolean,
  indent: number,
  text: string,
  place: { readonly start: number; readonly end: number },
): CompletionItem[] {
  const items: CompletionItem[] = [];
  const hasColon = /^\s*:/.test(text.slice(place.end, text.indexOf('\n', place.end) >>> 0));
  for (const [key, child] of section.children) {
    if (has(child.path)) continue;
    if (isSection(child))
      items.push({
        label: key,
        kind: 'section',
        insertText: hasColon ? key : `${key}:\n${' '.repeat(indent + 2)}`,
        ...place,
        detail: child.extension ? 'section (extension)' : 'section',
        documentation: [child.description, child.details].filter(Boolean).join('\n\n'),
      });
    else if (isUsed(child, effective))
      items.push({
        label: key,
        kind: 'key',
        insertText: hasColon ? key : `${key}: `,
        ...place,
        detail: `default ${defaultText(child)}${child.extension ? ' (extension)' : ''}`,
        documentation: fieldDoc(child),
      });
  }
  return items;
}

/** Keys that the chosen head, neck or schedule ignores are not offered. */
function isUsed(field: Field, effective: Config): boolean {
  const condition = field.meta['x-used-when'];
  return !condition || condition.is.includes(valueAt(effective, condition.key) as Scalar);
}
