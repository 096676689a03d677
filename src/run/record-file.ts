import { readFileSync } from 'node:fs';
import { isSystemError, MdfeError } from '../common/errors.ts';

/**
 * The record in a JSON file of ours; undefined where there is no file.
 *
 * @param isRecord whether what was read is a record that this version understands
 * @param damaged code, meaning and remedy of the error for a file that holds none
 * @throws MdfeError
 */
export function readRecordFile<T extends { readonly version: 1 }>(
  path: string,
  isRecord: (value: Partial<T>) => boolean,
  damaged: { readonly code: string; readonly what: string; readonly todo: string },
): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<T> | null;
    if (value?.version === 1 && isRecord(value)) return value as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // a syntax error is told below, with the text
  }
  const expected = 'a JSON object with "version": 1';
  throw new MdfeError({ ...damaged, where: path, expected, got: text.slice(0, 80) });
}
