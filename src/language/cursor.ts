/**
 * Where a position lies in a configuration. Reads lines and indentation, not a syntax tree: the text around a cursor
 * is half-typed more often than not.
 */
export interface Cursor {
  readonly kind: 'key' | 'value';
  /** Keys from the root to the section (kind key) or to the key whose value this is (kind value). */
  readonly path: readonly string[];
  /** The word at the cursor, offsets in UTF-16 units; quotes are outside. */
  readonly start: number;
  readonly end: number;
  readonly word: string;
  /** An item of a list, not a whole value. */
  readonly inList: boolean;
  /** Columns that the line is indented by. */
  readonly indent: number;
}

interface Frame {
  readonly open: '{' | '[' | '';
  readonly path: readonly string[];
}

/** Undefined inside a comment. */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = endOfLine(text, offset);
  const line = text.slice(lineStart, lineEnd);
  const column = offset - lineStart;
  if (isComment(line, column)) return undefined;
  const [, blank = '', dash = ''] = /^([ \t]*)((?:-[ \t]+|-$)*)/.exec(line)!;
  const indent = line.trim() === '' ? column : blank.length;
  const parents = ancestors(text, lineStart, indent, dash !== '');
  const root: Frame = { open: dash ? '[' : '', path: parents };
  return locate(line, blank.length + dash.length, column, lineStart, root, indent);
}

/** Scans the line up to the cursor, through `key:` and flow brackets. */
function locate(
  line: string,
  from: number,
  column: number,
  lineStart: number,
  root: Frame,
  indent: number,
): Cursor {
  const stack: Frame[] = [root];
  let at = from;
  let wordStart = from;
  let key: string | undefined;
  const top = () => stack.at(-1)!;
  while (at < column) {
    const c = line[at]!;
    if (c === '"' || c === "'") {
      const close = line.indexOf(c, at + 1);
      if (close < 0 || close >= column) {
        wordStart = at + 1;
        break;
      }
      at = close;
    } else if (c === '{' || c === '[') {
      const path = key === undefined ? top().path : [...top().path, key];
      stack.push({ open: c, path });
      key = undefined;
      wordStart = at + 1;
    } else if ((c === '}' || c === ']') && stack.length > 1) {
      stack.pop();
      key = undefined;
      wordStart = at + 1;
    } else if (c === ',' && top().open !== '') {
      key = undefined;
      wordStart = at + 1;
    } else if (c === ':' && key === undefined && top().open !== '[' && isBehindKey(line[at + 1], top())) {
      key = unquote(line.slice(wordStart, at));
      wordStart = at + 1;
    }
    at++;
  }
  while (wordStart < column && line[wordStart] === ' ') wordStart++;
  const isValue = key !== undefined || top().open === '[';
  const wordEnd = endOfWord(
    line,
    Math.max(wordStart, column),
    isValue,
    stack.length > 1 || top().open === '[',
  );
  return {
    kind: isValue ? 'value' : 'key',
    path: key === undefined ? top().path : [...top().path, key],
    start: lineStart + wordStart,
    end: lineStart + Math.max(wordEnd, wordStart),
    word: line.slice(wordStart, wordEnd),
    inList: key === undefined && top().open === '[',
    indent,
  };
}

/** Whether a colon ends a key, by the character behind it. */
function isBehindKey(next: string | undefined, { open }: Frame): boolean {
  return next === undefined || /\s/.test(next) || (open === '{' && /[,}]/.test(next));
}

function endOfWord(line: string, column: number, isValue: boolean, inFlow: boolean): number {
  const stop = isValue ? (inFlow ? /[,\]}"']| #|$/ : /["']| #|$/) : /[:,}\s]|$/;
  const end = column + line.slice(column).search(stop);
  return column + line.slice(column, end).trimEnd().length;
}

/** Keys of the sections that contain a line, from the root. */
function ancestors(text: string, lineStart: number, indent: number, isItem: boolean): string[] {
  const keys: string[] = [];
  // An item of a list may stand as far left as its key.
  let limit = isItem ? indent + 1 : indent;
  for (let end = lineStart - 1; end >= 0 && limit > 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    end = start - 1;
    const found = /^( *)(["']?)([\w.-]+)\2\s*:(?=\s|$)/.exec(line);
    if (!found || found[1]!.length >= limit) continue;
    limit = found[1]!.length;
    keys.unshift(found[3]!);
  }
  return keys;
}

function isComment(line: string, column: number): boolean {
  const before = line.slice(0, column).replace(/"[^"]*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
  return /(^|\s)#/.test(before);
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  const line = end < 0 ? text.length : end;
  return text[line - 1] === '\r' && line > offset ? line - 1 : line;
}

function unquote(key: string): string {
  return key.trim().replace(/^(["'])(.*)\1$/, '$2');
}
