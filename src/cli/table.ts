/** Characters; a line below a title need not wrap because a cell does. */
const LONGEST_RULE = 60;

/** A plain table for a terminal: columns as wide as their widest cell, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, c) =>
    Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)),
  );
  const numeric = header.map(
    (_, c) => rows.length > 0 && rows.every((row) => /^-?[\d.,%/ e+x-]*$/.test(row[c] ?? '')),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (numeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  return [line(header), rule(widths), ...rows.map(line)].join('\n');
}

function rule(widths: readonly number[]): string {
  const last = widths.length - 1;
  return widths.map((w, c) => '-'.repeat(c === last ? Math.min(w, LONGEST_RULE) : w)).join('  ');
}
