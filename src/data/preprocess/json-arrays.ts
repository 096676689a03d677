import { createReadStream } from 'node:fs';
import { MdfeError } from '../../common/errors.ts';
import { badValue } from './annotation-value.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

type Visit = (element: unknown) => void;

/**
 * Reads a JSON file of the form {NAME: [element, ...], ...} as a stream and hands over the objects of the named lists
 * one by one: a COCO file of gigabytes, longer than a JavaScript string can be, needs no more memory than its longest
 * element.
 *
 * @throws MdfeError when the file is not JSON or lacks a list
 */
export async function readJsonArrays(file: string, lists: Readonly<Record<string, Visit>>): Promise<void> {
  const scanner = new Scanner(file, lists);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) scanner.push(chunk as Buffer);
  scanner.end();
}

class Scanner {
  private readonly file: string;
  private readonly lists: Readonly<Record<string, Visit>>;
  private readonly seen = new Set<string>();
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** The last text directly in the root: a list's name stands before it. */
  private key = '';
  private visit: Visit | undefined;
  /** Begin of the key or element under way; what lies before it is not needed any more. */
  private start = -1;
  private rest = Buffer.alloc(0);

  constructor(file: string, lists: Readonly<Record<string, Visit>>) {
    this.file = file;
    this.lists = lists;
  }

  push(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    for (let i = this.rest.length; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.inString) this.inText(bytes, i, byte);
      else if (byte === QUOTE) {
        this.inString = true;
        if (this.depth === 1) this.start = i;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.open(i, byte);
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.close(bytes, i);
    }
    this.rest = this.start >= 0 ? Buffer.from(bytes.subarray(this.start)) : Buffer.alloc(0);
    if (this.start >= 0) this.start = 0;
  }

  end(): void {
    if (this.depth !== 0 || this.inString) throw this.notJson('it ends in the middle');
    for (const name of Object.keys(this.lists))
      if (!this.seen.has(name)) throw badValue(this.file, `an object with the list ${name}`, undefined);
  }

  private inText(bytes: Buffer, i: number, byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) {
      this.inString = false;
      if (this.depth !== 1) return;
      this.key = this.parse(bytes.subarray(this.start, i + 1)) as string;
      this.start = -1;
    }
  }

  private open(i: number, byte: number): void {
    if (this.depth === 0 && byte === OPEN_BRACKET) throw badValue(this.file, 'an object', []);
    if (this.depth === 1 && byte === OPEN_BRACKET && Object.hasOwn(this.lists, this.key)) {
      this.visit = this.lists[this.key];
      this.seen.add(this.key);
    } else if (this.depth === 2 && this.visit) this.start = i;
    this.depth++;
  }

  private close(bytes: Buffer, i: number): void {
    this.depth--;
    if (this.depth < 0) throw this.notJson('a bracket closes what was never opened');
    if (this.depth === 1) this.visit = undefined;
    if (this.depth !== 2 || !this.visit) return;
    this.visit(this.parse(bytes.subarray(this.start, i + 1)));
    this.start = -1;
  }

  private parse(bytes: Buffer): unknown {
    const text = bytes.toString();
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.notJson(`${(error as Error).message} in ${text.slice(0, 80)}`, error);
    }
  }

  private notJson(got: string, cause?: unknown): MdfeError {
    return new MdfeError({
      code: 'data/annotation-json',
      what: 'the annotation file is not valid JSON',
      where: this.file,
      got,
      todo: 'download the annotation file again',
      cause,
    });
  }
}
