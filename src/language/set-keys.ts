import type { ParsedConfig } from '../config/parse.ts';
import { removeKey, setKey, type TextEdit } from './edits.ts';

/** A key and the value that it is given, as YAML; null takes it out. */
export interface KeyChange {
  readonly path: string;
  readonly value: string | null;
}

/** What a form does to the text. */
export function setKeys(text: string, parsed: ParsedConfig, changes: readonly KeyChange[]): TextEdit[] {
  return changes.flatMap(({ path, value }) => {
    if (value !== null) return [setKey(text, parsed, path, value)];
    return parsed.has(path) ? [removeKey(text, parsed, path)] : [];
  });
}
