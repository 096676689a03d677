/** Rows [first, end). */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The rows that a scrolled list shows, in part at least.
 *
 * @param scrollTop, height, rowHeight in pixels
 * @param extra rows more on either side
 */
export function visibleRows(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  extra: number,
): RowRange {
  const first = Math.floor(scrollTop / rowHeight) - extra;
  const end = Math.ceil((scrollTop + height) / rowHeight) + extra;
  const clamp = (row: number) => Math.min(count, Math.max(0, row));
  return { first: clamp(first), end: clamp(end) };
}

/** The nearest scroll position at which a row is seen whole, or its top where the list is lower than a row. */
export function scrollToShow(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  const lowest = top + rowHeight - height;
  if (top < scrollTop || height < rowHeight) return top;
  return Math.max(scrollTop, lowest);
}

/** A list of rows of one height of which only those in sight are in the document. */
export class VirtualList {
  private readonly scroller: HTMLElement;
  private readonly space: HTMLElement;
  private readonly make: (index: number) => HTMLElement;
  private readonly changed: (range: RowRange) => void;
  private readonly rows = new Map<number, HTMLElement>();
  private count = 0;
  private rowHeight = 1;
  private pinned = -1;
  private scheduled = false;

  /**
   * @param space child of the scroller that gets the height of all rows
   * @param make a row's element
   * @param changed told after each change of what is in sight
   */
  constructor(
    scroller: HTMLElement,
    space: HTMLElement,
    make: (index: number) => HTMLElement,
    changed: (range: RowRange) => void,
  ) {
    this.scroller = scroller;
    this.space = space;
    this.make = make;
    this.changed = changed;
    scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
  }

  get top(): number {
    return this.scroller.scrollTop / this.rowHeight;
  }

  /** Rows that are seen whole at once: a page. */
  get page(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight));
  }

  /** All rows are others now. */
  reset(count: number, rowHeight: number): void {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.count = count;
    this.rowHeight = rowHeight;
    this.pinned = -1;
    this.space.style.height = `${count * rowHeight}px`;
    this.draw();
  }

  /** @param row may be a fraction */
  scrollTo(row: number): void {
    this.scroller.scrollTop = row * this.rowHeight;
    this.draw();
  }

  /** Brings a row into sight; its element, which stays in the document until another one is shown. */
  show(row: number): HTMLElement | undefined {
    const { scroller, rowHeight } = this;
    this.pinned = row;
    scroller.scrollTop = scrollToShow(row, scroller.scrollTop, scroller.clientHeight, rowHeight);
    this.draw();
    return this.rows.get(row);
  }

  /** Keeps a row in the document when it is scrolled away, because it has the focus. */
  pin(row: number): void {
    this.pinned = row;
  }

  draw(): void {
    const { scroller, rowHeight, count } = this;
    const { scrollTop, clientHeight } = scroller;
    const range = visibleRows(scrollTop, clientHeight, rowHeight, count, 2);
    const kept = (row: number) => (row >= range.first && row < range.end) || row === this.pinned;
    for (const [row, element] of this.rows)
      if (!kept(row)) {
        element.remove();
        this.rows.delete(row);
      }
    for (let row = range.first; row < range.end; row++) this.place(row);
    if (this.pinned >= 0 && this.pinned < count) this.place(this.pinned);
    this.changed(visibleRows(scrollTop, clientHeight, rowHeight, count, 0));
  }

  private place(row: number): void {
    if (this.rows.has(row)) return;
    const element = this.make(row);
    element.style.transform = `translateY(${row * this.rowHeight}px)`;
    // In the document in the order of the rows, for screen readers and the tab key.
    const next = [...this.rows].reduce<[number, HTMLElement] | undefined>(
      (best, entry) => (entry[0] > row && (!best || entry[0] < best[0]) ? entry : best),
      undefined,
    );
    this.space.insertBefore(element, next?.[1] ?? null);
    this.rows.set(row, element);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }
}
