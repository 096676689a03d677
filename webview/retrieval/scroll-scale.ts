/** Pixels: browsers cut elements off at 17 to 33 million, and place their contents sharply up to 8 million only. */
export const HIGHEST = 8_000_000;
/** Pixels at either end of the list that the scrollbar does not shrink, so that the ends can be reached. */
const MARGIN = 100_000;

/**
 * The place in a list that may be higher than any element: `position` counts the list's pixels, `scrollTop` those of the
 * element that the scrollbar belongs to. Where the list is too high, the scrollbar stands for a share of the list, and
 * still a scroll by less than a screen moves the list by just as much; the two then part until {@link settle}.
 */
export class ScrollScale {
  /** Of the element, pixels. */
  readonly height: number;
  /** Pixels of the list above the upper edge. */
  position = 0;
  /** Where the scrollbar is to stand, or was last seen. */
  scrollTop = 0;
  private readonly view: number;
  /** Largest position, and largest scrollTop. */
  private readonly last: number;
  private readonly end: number;
  /** Pixels of the list for one of the scrollbar, between the margins. */
  private readonly scale: number;

  /**
   * @param total height of the list, pixels
   * @param view of what is seen at once, pixels
   */
  constructor(total: number, view: number) {
    this.height = Math.min(total, HIGHEST);
    this.view = view;
    this.last = Math.max(0, total - view);
    this.end = Math.max(0, this.height - view);
    this.scale = this.last > this.end ? (this.last - 2 * MARGIN) / (this.end - 2 * MARGIN) : 1;
  }

  /** Pixels that the list's coordinates are ahead of the element's. */
  get shift(): number {
    return this.position - this.scrollTop;
  }

  /** The scrollbar stands elsewhere. */
  moved(scrollTop: number): void {
    const by = scrollTop - this.scrollTop;
    this.scrollTop = scrollTop;
    if (this.scale === 1) this.position = scrollTop;
    else
      this.position = this.clamp(Math.abs(by) < this.view ? this.position + by : this.positionAt(scrollTop));
  }

  /** Goes to a place of the list. */
  goTo(position: number): void {
    this.position = this.clamp(position);
    this.settle();
  }

  /** Puts the scrollbar where it belongs. */
  settle(): void {
    const { position, last, end, scale } = this;
    const fromEnd = last - position;
    if (position <= MARGIN || scale === 1) this.scrollTop = position;
    else if (fromEnd <= MARGIN) this.scrollTop = end - fromEnd;
    else this.scrollTop = MARGIN + (position - MARGIN) / scale;
  }

  /** The scrollbar is at an end and the list is not: it must settle for the list to go on. */
  get stuck(): boolean {
    const { scrollTop, position, last, end } = this;
    return (scrollTop <= 0 && position > 0) || (scrollTop >= end && position < last);
  }

  private positionAt(scrollTop: number): number {
    const fromEnd = this.end - scrollTop;
    if (scrollTop <= MARGIN) return scrollTop;
    if (fromEnd <= MARGIN) return this.last - fromEnd;
    return MARGIN + (scrollTop - MARGIN) * this.scale;
  }

  private clamp(position: number): number {
    return Math.min(this.last, Math.max(0, position));
  }
}
