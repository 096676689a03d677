export interface Cell {
  readonly row: number;
  /** 0 is the query. */
  readonly column: number;
}

/** Rows of the grid, the cells of a row, and the rows that fit on a page. */
export interface GridSize {
  readonly rows: number;
  readonly columns: (row: number) => number;
  readonly page: number;
}

/** Where a key leads from a cell, by the WAI-ARIA grid pattern; undefined: the key does not move. */
export function moveCell(
  { row, column }: Cell,
  key: string,
  ctrl: boolean,
  { rows, columns, page }: GridSize,
): Cell | undefined {
  const last = rows - 1;
  const moves: Readonly<Record<string, Cell>> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: row - page, column },
    PageDown: { row: row + page, column },
    Home: { row: ctrl ? 0 : row, column: 0 },
    End: { row: ctrl ? last : row, column: Number.POSITIVE_INFINITY },
  };
  const to = moves[key];
  if (!to || rows === 0) return undefined;
  const toRow = Math.min(last, Math.max(0, to.row));
  return { row: toRow, column: Math.min(columns(toRow) - 1, Math.max(0, to.column)) };
}
