import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import { applyEdits, removeKey, setKey, type TextEdit } from './edits.ts';
import { isReadable } from './readable.ts';

/** A key, or an item of a list (`DATASET.names.0`), and the value that it is given, as YAML; null takes it out. */
export interface KeyChange {
  readonly path: string;
  readonly value: string | null;
}

/**
 * What a form does to the text: one edit, or none where nothing changes or the text cannot be read. Changes count one
 * after the other, so that two keys can go into a section that is not there yet.
 */
export function setKeys(text: string, parsed: ParsedConfig, changes: readonly KeyChange[]): TextEdit[] {
  if (!isReadable(parsed)) return [];
  let next = text;
  let read = parsed;
  for (const { path, value } of changes) {
    if (value === null && !read.has(path)) continue;
    const edit = value === null ? removeKey(next, read, path) : setKey(next, read, path, value);
    next = applyEdits(next, [edit]);
    read = parseConfig(next, '');
  }
  return difference(text, next);
}

/** The one replacement that leads from a text to another. */
function difference(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return [{ start, end: before.length - same, newText: after.slice(start, after.length - same) }];
}
