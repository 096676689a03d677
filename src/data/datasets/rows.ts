import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { MdfeError } from '../../common/errors.ts';
import { type CsvOptions, notUtf8, readCsvColumns } from './csv.ts';

/** Receives one annotated image; `where` names its place in the file for messages. */
export type OnRow = (image: string, label: string, where: () => string) => void;

/** Reads an annotation file from start to end. */
export type ReadRows = (file: string, onRow: OnRow) => Promise<void>;

/** Annotation with one image a line. */
export function csvRows(imageColumn: string, labelColumn: string, options?: CsvOptions): ReadRows {
  return (file, onRow) =>
    readCsvColumns(
      file,
      [imageColumn, labelColumn],
      ([image, label], line) => onRow(image!, label!, () => `${file}:${line}`),
      options,
    );
}

/**
 * Annotation as one JSON value; `visit` is a generator over [image, label]. Objects come as Map, so that keys which
 * look like numbers keep the file's order.
 */
export function jsonRows(visit: (root: Json) => Iterable<readonly [image: string, label: string]>): ReadRows {
  return async (file, onRow) => {
    const root = parseOrderedJson(file, await readUtf8(file));
    try {
      for (const [image, label] of visit(root)) onRow(image, label, () => file);
    } catch (error) {
      if (!(error instanceof UnexpectedShape)) throw error;
      throw new MdfeError({
        code: 'data/annotation-shape',
        what: 'the annotation file has another structure than this data set publishes',
        where: file,
        expected: error.expected,
        got: error.got,
        todo: 'download the annotation file again',
      });
    }
  };
}

/** Text of a file without its byte order mark. @throws MdfeError `data/not-utf8` with the line */
export async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const [before = ''] = new TextDecoder().decode(bytes).split('\uFFFD', 1);
  throw notUtf8(`${file}:${before.split('\n').length}`);
}

export type Json = string | number | boolean | null | Json[] | Map<string, Json>;

class UnexpectedShape extends Error {
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, got: Json | undefined) {
    super('unexpected shape');
    this.expected = expected;
    this.got =
      got === undefined ? 'nothing' : got instanceof Map ? 'an object' : JSON.stringify(got).slice(0, 80);
  }
}

export function entries(value: Json | undefined): Iterable<[string, Json]> {
  if (!(value instanceof Map)) throw new UnexpectedShape('an object', value);
  return value;
}

export function items(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new UnexpectedShape('a list', value);
  return value;
}

/** A string, or a number's text. */
export function text(value: Json | undefined): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new UnexpectedShape('text', value);
  return value;
}

export function field(value: Json | undefined, name: string): Json | undefined {
  if (!(value instanceof Map)) throw new UnexpectedShape(`an object with ${name}`, value);
  return value.get(name);
}

function parseOrderedJson(file: string, source: string): Json {
  // A JavaScript object lists keys like "12" first; a prefix on every key keeps them in the file's order.
  const prefixed = source.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/gs, (match, colon: string | undefined) =>
    colon === undefined ? match : `"@${match.slice(1)}`,
  );
  try {
    return JSON.parse(prefixed, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? new Map(Object.entries(value).map(([key, v]) => [key.slice(1), v]))
        : value,
    ) as Json;
  } catch (error) {
    throw new MdfeError({
      code: 'data/annotation-json',
      what: 'the annotation file is not valid JSON',
      where: file,
      got: (error as Error).message,
      todo: 'download the annotation file again',
      cause: error,
    });
  }
}
