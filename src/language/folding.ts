/** Lines from 0, both included. */
export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly kind: 'section' | 'comment';
}

/** Blocks of deeper lines, and runs of comment lines. */
export function folds(text: string): Fold[] {
  const found: Fold[] = [];
  /** Open blocks: line and indentation of their heads. */
  const open: { readonly line: number; readonly indent: number }[] = [];
  let last = -1; // last line with text
  let commentStart = -1;
  const lines = text.split('\n');
  const closeDownTo = (indent: number) => {
    while (open.length > 0 && open.at(-1)!.indent >= indent) {
      const { line } = open.pop()!;
      if (last > line) found.push({ start: line, end: last, kind: 'section' });
    }
  };
  const closeComment = (end: number) => {
    if (commentStart >= 0 && end > commentStart) found.push({ start: commentStart, end, kind: 'comment' });
    commentStart = -1;
  };
  lines.forEach((line, i) => {
    const blank = /^\s*/.exec(line)![0].length;
    if (/^\s*#/.test(line)) {
      if (commentStart < 0) commentStart = i;
      return;
    }
    closeComment(i - 1);
    if (blank === line.length) return;
    closeDownTo(blank);
    open.push({ line: i, indent: blank });
    last = i;
  });
  closeComment(lines.length - 1);
  closeDownTo(0);
  return found.sort((a, b) => a.start - b.start);
}
