import { ScrollScale } from './scroll-scale.ts';

const SETTLE = 150; // ms without a scroll after which the scrollbar may be moved

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

/** A list of any number of rows of one height, of which only those in sight are in the document. */
export class VirtualList {
  private readonly scroller: HTMLElement;
  private readonly space: HTMLElement;
  private readonly make: (index: number) => HTMLElement;
  private readonly changed: (range: RowRange) => void;
  private readonly rows = new Map<number, HTMLElement>();
  private count = 0;
  private rowHeight = 1;
  private scale = new ScrollScale(0, 0);
  /** What the rows in the document are placed with. */
  private shift = 0;
  private settling: ReturnType<typeof setTimeout> | undefined;
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
    return this.scale.position / this.rowHeight;
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
    this.scale = new ScrollScale(count * rowHeight, this.scroller.clientHeight);
    this.space.style.height = `${this.scale.height}px`;
    this.scale.moved(this.scroller.scrollTop);
    this.draw();
  }

  /** @param row may be a fraction */
  scrollTo(row: number): void {
    this.goTo(row * this.rowHeight);
  }

  /** Brings a row into sight; its element, which stays in the document until another one is shown. */
  show(row: number): HTMLElement | undefined {
    const { scroller, scale, rowHeight } = this;
    this.pinned = row;
    this.goTo(scrollToShow(row, scale.position, scroller.clientHeight, rowHeight));
    return this.rows.get(row);
  }

  /** Keeps a row in the document when it is scrolled away, because it has the focus. */
  pin(row: number): void {
    this.pinned = row;
  }

  draw(): void {
    const { scroller, scale, rowHeight, count } = this;
    const { clientHeight } = scroller;
    const range = visibleRows(scale.position, clientHeight, rowHeight, count, 2);
    const kept = (row: number) => (row >= range.first && row < range.end) || row === this.pinned;
    const moved = this.shift !== scale.shift;
    this.shift = scale.shift;
    for (const [row, element] of this.rows)
      if (!kept(row)) {
        element.remove();
        this.rows.delete(row);
      } else if (moved) this.put(element, row);
    for (let row = range.first; row < range.end; row++) this.place(row);
    if (this.pinned >= 0 && this.pinned < count) this.place(this.pinned);
    this.changed(visibleRows(scale.position, clientHeight, rowHeight, count, 0));
  }

  private goTo(position: number): void {
    this.scale.goTo(position);
    this.settle();
    this.draw();
  }

  /** Puts the scrollbar where it belongs; that the browser rounds this must not move the list. */
  private settle(): void {
    const { scroller, scale } = this;
    scale.settle();
    scroller.scrollTop = scale.scrollTop;
    scale.scrollTop = scroller.scrollTop;
  }

  private put(element: HTMLElement, row: number): void {
    element.style.transform = `translateY(${row * this.rowHeight - this.shift}px)`;
  }

  private place(row: number): void {
    if (this.rows.has(row)) return;
    const element = this.make(row);
    this.put(element, row);
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
      this.scale.moved(this.scroller.scrollTop);
      if (this.scale.stuck) this.settle();
      this.draw();
    });
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.scale.shift === 0) return;
      this.settle();
      this.draw();
    }, SETTLE);
  }
}
