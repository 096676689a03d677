import { NONE, type PyValue, pyFloat, pyInt, pyStr } from './value.ts';

/** Deeper nesting is refused, as Python's own parser refuses it. */
const MAX_DEPTH = 100;

/**
 * Python's `ast.literal_eval`: numbers, strings, tuples, lists, dicts, sets, True, False, None. Undefined where Python
 * raises ValueError or SyntaxError, which is where yacs leaves the text as it is.
 */
export function literalEval(text: string): PyValue | undefined {
  const parser = new LiteralParser(text.replace(/^[ \t]+/, ''));
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

class NotALiteral extends Error {}

const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?)[jJ]?/y;
const STRING_START = /(?:[rR]?[bB]|[bB][rR]|[rRuU])?(?="|')/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;

class LiteralParser {
  private at = 0;
  private depth = 0;
  /** Open brackets: inside them line breaks and comments are white space. */
  private brackets = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): PyValue {
    this.space();
    const first = this.sum();
    const value = this.peek(',') ? this.bareTuple(first) : first;
    this.space();
    // A comment and empty lines may follow; anything else is not a single expression.
    if (!/^(?:\s*(?:#[^\n]*)?(?:\n|$))*$/.test(this.text.slice(this.at))) throw new NotALiteral();
    return value;
  }

  private bareTuple(first: PyValue): PyValue {
    const items = [first];
    while (this.take(',')) {
      this.space();
      if (this.at >= this.text.length || /[\n#]/.test(this.text[this.at]!)) break;
      items.push(this.sum());
    }
    return { kind: 'tuple', items };
  }

  /** A value, or real + imaginary. */
  private sum(): PyValue {
    const left = this.signed();
    this.space();
    const operator = this.text[this.at];
    if (operator !== '+' && operator !== '-') return left;
    const start = this.at++;
    this.space();
    const right = this.primary();
    if ((left.kind !== 'int' && left.kind !== 'float') || right.kind !== 'complex') throw new NotALiteral();
    return { kind: 'complex', text: this.text.slice(start, this.at) };
  }

  private signed(): PyValue {
    this.space();
    const sign = this.text[this.at];
    if (sign !== '-' && sign !== '+') return this.primary();
    this.at++;
    const value = this.primary();
    if (value.kind === 'complex') return value;
    if (value.kind !== 'int' && value.kind !== 'float') throw new NotALiteral();
    return sign === '+' ? value : value.kind === 'int' ? pyInt(-value.value) : pyFloat(-value.value);
  }

  private primary(): PyValue {
    this.space();
    const c = this.text[this.at];
    if (c === undefined) throw new NotALiteral();
    if (c === '(') return this.nested(() => this.parenthesised());
    if (c === '[') return this.nested(() => ({ kind: 'list', items: this.items(']') }));
    if (c === '{') return this.nested(() => this.braces());
    if (this.text.startsWith('...', this.at)) {
      this.at += 3;
      return { kind: 'ellipsis', text: 'Ellipsis' };
    }
    const start = this.at;
    if (this.match(STRING_START) !== undefined) {
      this.at = start;
      return this.strings();
    }
    if (/[\d.]/.test(c)) return this.number();
    return this.word();
  }

  private nested(read: () => PyValue): PyValue {
    if (++this.depth > MAX_DEPTH) throw new NotALiteral();
    const value = read();
    this.depth--;
    return value;
  }

  private parenthesised(): PyValue {
    this.open();
    if (this.close(')')) return { kind: 'tuple', items: [] };
    const first = this.sum();
    if (this.close(')')) return first;
    const items = [first];
    for (;;) {
      if (!this.take(',')) throw new NotALiteral();
      if (this.close(')')) return { kind: 'tuple', items };
      items.push(this.sum());
      if (this.close(')')) return { kind: 'tuple', items };
    }
  }

  private items(end: string): PyValue[] {
    this.open();
    const items: PyValue[] = [];
    while (!this.close(end)) {
      if (items.length && !this.take(',')) throw new NotALiteral();
      if (items.length && this.close(end)) break;
      items.push(this.sum());
    }
    return items;
  }

  private braces(): PyValue {
    const start = this.at;
    this.open();
    if (this.close('}')) return { kind: 'dict', entries: [] };
    const first = this.sum();
    if (!this.peek(':')) {
      while (!this.close('}')) {
        if (!this.take(',')) throw new NotALiteral();
        if (this.close('}')) break;
        this.sum();
      }
      return { kind: 'set', text: this.text.slice(start, this.at) };
    }
    const entries: [PyValue, PyValue][] = [];
    let key = first;
    for (;;) {
      if (!this.take(':')) throw new NotALiteral();
      if ('items' in key || 'entries' in key || key.kind === 'set') throw new NotALiteral();
      entries.push([key, this.sum()]);
      if (this.close('}')) return { kind: 'dict', entries };
      if (!this.take(',')) throw new NotALiteral();
      if (this.close('}')) return { kind: 'dict', entries };
      key = this.sum();
    }
  }

  private number(): PyValue {
    const token = this.match(NUMBER);
    // A letter that follows directly makes it no number: 400m, 1e.
    if (token === undefined || /[\p{L}\p{N}_.]/u.test(this.text[this.at] ?? '')) throw new NotALiteral();
    if (/[jJ]$/.test(token)) return { kind: 'complex', text: token };
    const digits = token.replaceAll('_', '');
    if (/^0[xXbBoO]/.test(digits)) return pyInt(Number(digits));
    if (/[.eE]/.test(digits)) return pyFloat(Number(digits));
    if (/^0+[1-9]/.test(digits)) throw new NotALiteral();
    return pyInt(Number(digits));
  }

  private word(): PyValue {
    switch (this.match(WORD)) {
      case 'True':
        return { kind: 'bool', value: true };
      case 'False':
        return { kind: 'bool', value: false };
      case 'None':
        return NONE;
      case 'set':
        if (this.take('(') && this.take(')')) return { kind: 'set', text: 'set()' };
        throw new NotALiteral();
      default:
        throw new NotALiteral();
    }
  }

  /** One string, or several that stand side by side. */
  private strings(): PyValue {
    let value = '';
    let bytes: boolean | undefined;
    for (;;) {
      const prefix = this.match(STRING_START);
      if (prefix === undefined) break;
      const isBytes = /b/i.test(prefix);
      if (bytes !== undefined && bytes !== isBytes) throw new NotALiteral();
      bytes = isBytes;
      value += this.quoted(/r/i.test(prefix));
      this.space();
    }
    return bytes ? { kind: 'bytes', text: `b${JSON.stringify(value)}` } : pyStr(value);
  }

  private quoted(raw: boolean): string {
    const one = this.text[this.at]!;
    const quote = this.text.startsWith(one.repeat(3), this.at) ? one.repeat(3) : one;
    this.at += quote.length;
    let value = '';
    for (;;) {
      if (this.at >= this.text.length) throw new NotALiteral();
      if (this.text.startsWith(quote, this.at)) break;
      const c = this.text[this.at]!;
      if (c === '\n' && quote.length === 1) throw new NotALiteral();
      if (c !== '\\') {
        value += c;
        this.at++;
      } else if (raw) {
        value += this.text.slice(this.at, this.at + 2);
        this.at += 2;
      } else value += this.escape();
    }
    this.at += quote.length;
    return value;
  }

  private escape(): string {
    const rest = this.text.slice(this.at, this.at + 10);
    const coded = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    const octal = /^\\([0-7]{1,3})/.exec(rest);
    const simple: Record<string, string> = {
      '\n': '',
      '\\': '\\',
      "'": "'",
      '"': '"',
      a: '\x07',
      b: '\b',
      f: '\f',
      n: '\n',
      r: '\r',
      t: '\t',
      v: '\v',
    };
    const hex = coded?.[1] ?? coded?.[2] ?? coded?.[3];
    const code =
      hex !== undefined ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal[1]!, 8) : undefined;
    if (code !== undefined) {
      if (code > 0x10ffff) throw new NotALiteral();
      this.at += (coded ?? octal)![0].length;
      return String.fromCodePoint(code);
    }
    const letter = rest[1];
    if (letter === undefined || 'xuUN'.includes(letter)) throw new NotALiteral();
    this.at += 2;
    return simple[letter] ?? `\\${letter}`;
  }

  private open(): void {
    this.at++;
    this.brackets++;
  }

  private close(bracket: string): boolean {
    if (!this.peek(bracket)) return false;
    this.at++;
    this.brackets--;
    return true;
  }

  private take(c: string): boolean {
    if (!this.peek(c)) return false;
    this.at++;
    return true;
  }

  private peek(c: string): boolean {
    this.space();
    return this.text[this.at] === c;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    const blank = this.brackets > 0 ? /(?:[ \t\f\r\n]|\\\n|#[^\n]*)*/y : /(?:[ \t\f]|\\\n)*/y;
    blank.lastIndex = this.at;
    this.at += blank.exec(this.text)![0].length;
  }
}
