import { Lexer } from 'yaml';

/** Tokens of the lexer that stand for no text: document start, flow error, scalar follows. */
const MARKERS = new Set(['\x02', '\x18', '\x1f']);

/**
 * Where the text nests deeper than `limit`; undefined where it stays within. Builds nothing: the document builder
 * recurses, so the depth must be known before it runs.
 */
export function offsetBeyondDepth(text: string, limit: number): number | undefined {
  /** Columns at which the open block levels start. */
  const block: number[] = [];
  let flow = 0;
  let offset = 0;
  let column = 0;
  /** The next word opens a block level: it is the first of its line or follows `-` or `?`. */
  let opens = true;
  for (const token of new Lexer().lex(text)) {
    if (MARKERS.has(token)) continue;
    if (!/^[\s#]/.test(token) && flow === 0) {
      const indicator = token === '-' || token === '?';
      if (opens || indicator) {
        while (block.length && block.at(-1)! >= column) block.pop();
        block.push(column);
      }
      opens = indicator;
    }
    if (token === '[' || token === '{') flow++;
    else if ((token === ']' || token === '}') && flow > 0) flow--;
    if (flow + block.length > limit) return offset;
    offset += token.length;
    const newline = token.lastIndexOf('\n');
    column = newline < 0 ? column + token.length : token.length - newline - 1;
    if (token.endsWith('\n')) opens = true;
  }
  return undefined;
}
