import { createReadStream } from 'node:fs';
import { MdfeError } from '../../common/errors.ts';

export interface CsvOptions {
  /** Default: comma. A space separates without quoting, as Stanford Online Products does. */
  readonly separator?: ',' | ' ';
  /** Columns that may be missing: their values are then ''. */
  readonly optional?: readonly string[];
}

/** One record: the wanted columns in the order asked for, and the line it starts on (the header is line 1). */
export type OnRecord = (values: readonly string[], line: number) => void;

const CHUNK_BYTES = 1 << 20;

/**
 * Streams the named columns of a CSV file with a header line (RFC 4180: quotes, doubled quotes, commas and line ends
 * inside quotes; also a byte order mark, LF or CRLF, blank lines). Memory stays at a few MB whatever the file's size.
 * The strings handed out may share memory with a whole chunk: copy what is kept.
 *
 * @throws MdfeError naming file and line for a missing or repeated column, a short record, an open quote, an empty file
 */
export async function readCsvColumns(
  file: string,
  columns: readonly string[],
  onRecord: OnRecord,
  { separator = ',', optional = [] }: CsvOptions = {},
): Promise<void> {
  let at: number[] | undefined;
  let width = 0;
  const values = new Array<string>(columns.length);
  await readRecords(file, separator, (fields, line) => {
    if (!at) {
      at = columns.map((name) => findColumn(file, fields, name, optional.includes(name)));
      width = Math.max(...at) + 1;
      return;
    }
    if (fields.length < width) throw badRecord(file, line, fields.length, width);
    for (let i = 0; i < at.length; i++) values[i] = fields[at[i]!] ?? '';
    onRecord(values, line);
  });
  if (!at)
    throw new MdfeError({
      code: 'data/empty-annotation',
      what: 'the annotation file is empty',
      where: file,
      expected: `a header line with the columns ${columns.join(', ')}`,
      todo: 'download or write the file again',
    });
}

/** Place of a column; -1 for an optional one that is not there. */
function findColumn(file: string, header: readonly string[], name: string, optional: boolean): number {
  const names = header.map((h) => h.trim());
  const [index, second] =
    placesOf(names, (n) => n === name) ??
    placesOf(names, (n) => n.toLowerCase() === name.toLowerCase()) ??
    [];
  if (index !== undefined && second !== undefined)
    throw new MdfeError({
      code: 'data/repeated-column',
      what: `two columns have the name ${name}: number ${index + 1} and number ${second + 1}`,
      where: `${file}:1`,
      expected: `one column ${name}`,
      got: names.join(', '),
      todo: 'rename or remove the one that does not count',
    });
  if (index !== undefined) return index;
  if (optional) return -1;
  throw new MdfeError({
    code: 'data/missing-column',
    what: `the column ${name} is missing`,
    where: `${file}:1`,
    expected: name,
    got: names.join(', ') || 'an empty line',
    todo: `name the column ${name} in the first line`,
  });
}

/** Undefined where there is none. */
function placesOf(names: readonly string[], wanted: (name: string) => boolean): number[] | undefined {
  const places = names.flatMap((name, i) => (wanted(name) ? [i] : []));
  return places.length > 0 ? places : undefined;
}

function badRecord(file: string, line: number, got: number, expected: number): MdfeError {
  return new MdfeError({
    code: 'data/short-record',
    what: 'the line has too few columns',
    where: `${file}:${line}`,
    expected: `at least ${expected}`,
    got: `${got}`,
    todo: 'complete or remove this line',
  });
}

/** Cuts the file into records; a record without a quote, the usual case, is found by its line end alone. */
async function readRecords(
  file: string,
  separator: string,
  onRecord: (fields: string[], line: number) => void,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const quoting = separator === ',';
  let rest = '';
  let line = 1;
  const take = (text: string, complete: boolean): string => {
    let from = 0;
    let quote = -1;
    while (from < text.length) {
      // The search for a quote runs to the end of the chunk, so its answer is kept over many records.
      if (quote < from) quote = quoting ? indexOrEnd(text, '"', from) : text.length;
      const end = recordEnd(text, from, quote);
      if (end < 0 && !complete) break;
      const stop = end < 0 ? text.length : end;
      const record = text.slice(from, text[stop - 1] === '\r' && stop > from ? stop - 1 : stop);
      if (record.length > 0) onRecord(splitRecord(file, line, record, separator, quoting), line);
      for (let i = text.indexOf('\n', from); i >= 0 && i <= stop; i = text.indexOf('\n', i + 1)) line++;
      from = stop + 1;
    }
    return text.slice(from);
  };
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const [before = ''] = (rest + new TextDecoder().decode(chunk)).split('\uFFFD', 1);
      throw notUtf8(`${file}:${line + before.split('\n').length - 1}`);
    }
  };
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }))
    rest = take(rest + decode(chunk as Uint8Array), false);
  take(rest + decode(), true);
}

/** Read all the same, different letters would become one, and with them different classes. @param where file, or file:line */
export function notUtf8(where: string): MdfeError {
  return new MdfeError({
    code: 'data/not-utf8',
    what: 'the annotation file is not UTF-8',
    where,
    expected: 'text in UTF-8, with or without a byte order mark',
    todo: 'save it as UTF-8, e.g. iconv -f latin1 -t utf-8 OLD > NEW',
  });
}

/**
 * Index of the line feed that ends the record starting at `from`, or -1 when it has not arrived yet.
 * @param firstQuote index of the first quote at or after `from`, or the text's length
 */
function recordEnd(text: string, from: number, firstQuote: number): number {
  let end = text.indexOf('\n', from);
  let quote = firstQuote;
  while (quote < (end < 0 ? text.length : end)) {
    const closing = text.indexOf('"', quote + 1);
    if (closing < 0) return -1;
    if (end >= 0 && closing > end) end = text.indexOf('\n', closing);
    quote = indexOrEnd(text, '"', closing + 1);
  }
  return end;
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index < 0 ? text.length : index;
}

function splitRecord(
  file: string,
  line: number,
  record: string,
  separator: string,
  quoting: boolean,
): string[] {
  if (!quoting || !record.includes('"')) return record.split(separator);
  const fields: string[] = [];
  let i = 0;
  for (;;) {
    if (record[i] === '"') {
      let value = '';
      let start = i + 1;
      for (;;) {
        const quote = record.indexOf('"', start);
        if (quote < 0) throw openQuote(file, line);
        value += record.slice(start, quote);
        start = quote + 1;
        if (record[start] !== '"') break;
        value += '"';
        start++;
      }
      const next = record.indexOf(separator, start);
      fields.push(value + record.slice(start, next < 0 ? undefined : next));
      if (next < 0) return fields;
      i = next + 1;
    } else {
      const next = record.indexOf(separator, i);
      fields.push(record.slice(i, next < 0 ? undefined : next));
      if (next < 0) return fields;
      i = next + 1;
    }
  }
}

function openQuote(file: string, line: number): MdfeError {
  return new MdfeError({
    code: 'data/open-quote',
    what: 'a quoted field is never closed',
    where: `${file}:${line}`,
    todo: 'close the quote ("), or double it if it belongs to the text',
  });
}
