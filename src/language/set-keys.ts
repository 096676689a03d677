import { type ParsedConfig, parseConfig } from '../config/parse.ts';
import { applyEdits, difference, removeKey, setKey, type TextEdit } from './edits.ts';
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
