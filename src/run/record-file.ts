import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError, MdfeError } from '../common/errors.ts';
import { ownIdentity } from '../common/process.ts';
import type { RecordStamp } from './record.ts';

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
  throw new MdfeError({ ...damaged, where: path, expected, got: text.trim().slice(0, 80) || 'nothing' });
}

/** Replaces the record, so that a reader sees the old one or the new one. Its folder has one writer only. */
export function writeRecordFile(path: string, record: RecordStamp): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(partial, path);
}

/** Makes this process the one that works on a record. @param created by default now; ISO 8601 */
export function stampOfThisProcess(created?: string): RecordStamp {
  const { pid, start } = ownIdentity();
  const now = new Date().toISOString();
  return { version: 1, pid, processStart: start, host: hostname(), created: created ?? now, updated: now };
}
