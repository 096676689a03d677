import { readFile } from 'node:fs/promises';
import { isSystemError, MdfeError } from '../common/errors.ts';

/** The fields of a JSON object, read with a name for each that is missing. */
export class JsonFields {
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly where: string;
  private readonly todo: string;

  constructor(fields: Readonly<Record<string, unknown>>, where: string, todo: string) {
    this.fields = fields;
    this.where = where;
    this.todo = todo;
  }

  text(name: string): string {
    const value = this.fields[name];
    if (typeof value === 'string' && value !== '') return value;
    throw this.bad(name, 'a text that is not empty', value);
  }

  optionalText(name: string): string | undefined {
    return this.fields[name] === undefined || this.fields[name] === null ? undefined : this.text(name);
  }

  texts(name: string): string[] {
    const value = this.fields[name];
    if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value;
    throw this.bad(name, 'a list of texts', value);
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.fields[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.bad(name, 'true or false', value);
  }

  /** An address that secrets may be sent to: encrypted, or this machine. */
  address(name: string, fallback: string): string {
    const text = this.optionalText(name) ?? fallback;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1'))
      return text;
    throw this.bad(name, 'an address that begins with https://', text);
  }

  private bad(name: string, expected: string, got: unknown): MdfeError {
    return new MdfeError({
      code: 'drive/credentials',
      what:
        got === undefined || got === null
          ? `the field ${name} is missing`
          : `the field ${name} cannot be used`,
      where: this.where,
      expected,
      // Never the value: it may be a secret.
      got: got === undefined || got === null ? 'nothing' : got === '' ? 'an empty text' : typeof got,
      todo: this.todo,
    });
  }
}

/** Reads a file of credentials; undefined when there is none. */
export async function readJsonObject(
  path: string,
  todo: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined;
    if (!isSystemError(error, 'EACCES') && !isSystemError(error, 'EISDIR')) throw error;
    throw new MdfeError({
      code: 'drive/credentials',
      what: `this file cannot be read (${error.code})`,
      where: path,
      todo,
    });
  }
  return parseJsonObject(text, path, todo);
}

export function parseJsonObject(
  text: string,
  where: string,
  todo: string,
): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MdfeError({ code: 'drive/credentials', what: 'this is no JSON object', where, todo });
}
