import { counted } from '../../src/common/counted.ts';
import type { GalleryView, TileSize } from '../../src/run/retrieval-messages.ts';
import { byId, setText } from '../shared/dom.ts';
import { arrange } from './arrange.ts';
import { type Cell, moveCell } from './cells.ts';
import { formatCount } from './format.ts';
import type { Pictures } from './pictures.ts';
import { rowElement } from './row-view.ts';
import type { ShownGallery } from './state.ts';
import { type RowRange, VirtualList } from './virtual-list.ts';

const TILES = 6; // the query and its five nearest
const GAP = 10; // pixels between tiles, as in the style sheet
const MARGIN = 40; // pixels left and right of a row
const ARROW = 18; // pixels between the query and what it found
const AROUND = 74; // pixels of a row that are not image: caption, notes, margins
const SMALLEST = 40; // pixels
const largest: Readonly<Record<TileSize, number>> = { small: 80, medium: 128, large: 208 };

/** The scrolled list of queries: what is shown, where the keyboard is, which pictures are needed. */
export class GalleryList {
  private readonly pictures: Pictures;
  private readonly alsoShown: () => readonly HTMLElement[];
  private readonly open: (image: number) => void;
  private readonly scrolled: () => void;
  private readonly scroller = byId('list');
  private readonly rows = byId('rows');
  private readonly list: VirtualList;
  private gallery: ShownGallery | undefined;
  private size: TileSize = 'medium';
  /** Row numbers in the order that is shown. */
  private shown: readonly number[] = [];
  private cell: Cell = { row: 0, column: 0 };

  /**
   * @param alsoShown elements beside the list whose `data-image` is needed too
   * @param open an image that was clicked, or entered
   */
  constructor(
    pictures: Pictures,
    alsoShown: () => readonly HTMLElement[],
    open: (image: number) => void,
    scrolled: () => void,
  ) {
    this.pictures = pictures;
    this.alsoShown = alsoShown;
    this.open = open;
    this.scrolled = scrolled;
    this.list = new VirtualList(
      this.scroller,
      this.rows,
      (index) => this.row(index),
      (range) => this.inSight(range),
    );
    this.rows.addEventListener('keydown', (e) => this.key(e));
    this.rows.addEventListener('focusin', (e) => this.focused(e.target as HTMLElement));
    for (const grid of [this.rows, byId('search-row')]) {
      grid.addEventListener('click', (e) => this.openAt(e.target as HTMLElement));
      grid.addEventListener('keydown', (e) => {
        if (e.key === 'Enter' || e.key === ' ') {
          e.preventDefault();
          this.openAt(e.target as HTMLElement);
        }
      });
    }
    new ResizeObserver(() => this.resize()).observe(this.scroller);
  }

  /** The row at the top, with its hidden part. */
  get top(): number {
    return this.list.top;
  }

  /** @param fromTop whether the list goes back to its top */
  show(gallery: ShownGallery, view: GalleryView, fromTop = false): void {
    const { top } = this;
    this.gallery = gallery;
    this.size = view.size;
    this.shown = arrange(gallery, view);
    this.cell = { row: 0, column: 0 };
    const some = this.shown.length < gallery.total;
    setText(
      byId('count'),
      some
        ? `${formatCount(this.shown.length)} of ${counted(gallery.total, 'query')}`
        : counted(this.shown.length, 'query'),
    );
    byId('none').hidden = this.shown.length > 0 || gallery.rows.length < gallery.total;
    this.lay(fromTop ? 0 : top);
  }

  scrollTo(row: number): void {
    this.list.scrollTo(row);
  }

  /** The space for the list changed. */
  resize(): void {
    if (this.gallery && this.scroller.clientHeight > 0) this.lay(this.top);
  }

  private lay(top: number): void {
    const width = this.scroller.clientWidth - MARGIN - ARROW - (TILES - 1) * GAP;
    const tile = Math.floor(Math.min(largest[this.size], Math.max(SMALLEST, width / TILES)));
    document.documentElement.style.setProperty('--tile', `${tile}px`);
    const focused = this.rows.contains(document.activeElement) ? this.cell : undefined;
    this.rows.setAttribute('aria-rowcount', String(this.shown.length));
    this.list.reset(this.shown.length, tile + AROUND);
    this.list.scrollTo(top);
    if (focused) this.focus(focused);
  }

  private row(index: number): HTMLElement {
    const { rows, images, classes } = this.gallery!;
    const context = { paths: images, classes, pictures: this.pictures };
    const element = rowElement(rows[this.shown[index]!]!, context);
    element.setAttribute('aria-rowindex', String(index + 1));
    element.dataset.row = String(index);
    if (index === this.cell.row) tilesOf(element)[this.cell.column]?.setAttribute('tabindex', '0');
    return element;
  }

  /** Asks for the pictures in sight, then for those just outside it. */
  private inSight({ first, end }: RowRange): void {
    const { gallery, shown } = this;
    if (!gallery) return;
    const wanted = this.alsoShown().map((element) => Number(element.dataset.image));
    const add = (index: number) => {
      const row = gallery.rows[shown[index] ?? -1];
      if (row) wanted.push(row.query, ...row.found.map((f) => f.image));
    };
    for (let index = first; index < end; index++) add(index);
    for (const index of [end, end + 1, first - 1, first - 2]) add(index);
    this.pictures.want(wanted);
    this.scrolled();
  }

  private key(e: KeyboardEvent): void {
    const to = moveCell(this.cell, e.key, e.ctrlKey || e.metaKey, {
      rows: this.shown.length,
      columns: (row) => 1 + (this.gallery?.rows[this.shown[row]!]?.found.length ?? 0),
      page: this.list.page,
    });
    if (!to) return;
    e.preventDefault();
    this.focus(to);
  }

  private focus(cell: Cell): void {
    const row = this.list.show(cell.row);
    if (row) tilesOf(row)[cell.column]?.focus({ preventScroll: true });
  }

  /** One cell of the grid is in the tab order: the one that had the focus last. */
  private focused(target: HTMLElement): void {
    const row = target.closest<HTMLElement>('[data-row]');
    const column = row ? tilesOf(row).indexOf(target) : -1;
    if (!row || column < 0) return;
    for (const tile of this.rows.querySelectorAll('[tabindex="0"]')) tile.setAttribute('tabindex', '-1');
    target.setAttribute('tabindex', '0');
    this.cell = { row: Number(row.dataset.row), column };
    this.list.pin(this.cell.row);
  }

  private openAt(target: HTMLElement): void {
    const image = target.closest<HTMLElement>('[data-open]')?.dataset.open;
    if (image !== undefined) this.open(Number(image));
  }
}

function tilesOf(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>('[data-open]')];
}
