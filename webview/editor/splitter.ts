const MIN = 0.2;
const MAX = 0.85;
const STEP = 0.02;

/** Narrow pages have no room for panes beside each other; style.css stacks them. */
const STACKED = '(max-width: 640px)';

/**
 * A line between two panes that can be dragged, or moved with the arrow keys while it has the focus (ARIA: window
 * splitter).
 */
export class Splitter {
  private readonly line: HTMLElement;
  private readonly changed: (share: number) => void;
  private readonly stacked = matchMedia(STACKED);
  private share: number;

  /** @param line between the panes, of which the first takes `--split` of their common parent */
  constructor(line: HTMLElement, share: number, changed: (share: number) => void) {
    this.line = line;
    this.changed = changed;
    this.share = share;
    this.show();
    this.stacked.addEventListener('change', () => this.show());
    line.addEventListener('pointerdown', (event) => this.drag(event));
    line.addEventListener('keydown', (event) => this.key(event));
  }

  private drag(down: PointerEvent): void {
    const { line } = this;
    line.setPointerCapture(down.pointerId);
    line.classList.add('is-dragged');
    const moved = ({ clientX, clientY }: PointerEvent) => {
      const { left, top, width, height } = line.parentElement!.getBoundingClientRect();
      this.set(this.stacked.matches ? (clientY - top) / height : (clientX - left) / width);
    };
    const ended = () => {
      line.classList.remove('is-dragged');
      line.removeEventListener('pointermove', moved);
      line.removeEventListener('pointerup', ended);
      line.removeEventListener('pointercancel', ended);
      this.changed(this.share);
    };
    line.addEventListener('pointermove', moved);
    line.addEventListener('pointerup', ended);
    line.addEventListener('pointercancel', ended);
  }

  private key(event: KeyboardEvent): void {
    const share = {
      ArrowLeft: this.share - STEP,
      ArrowUp: this.share - STEP,
      ArrowRight: this.share + STEP,
      ArrowDown: this.share + STEP,
      Home: MIN,
      End: MAX,
    }[event.key];
    if (share === undefined) return;
    event.preventDefault();
    this.set(share);
    this.changed(this.share);
  }

  private set(share: number): void {
    this.share = Math.min(MAX, Math.max(MIN, share));
    this.show();
  }

  private show(): void {
    const percent = Math.round(100 * this.share);
    this.line.parentElement!.style.setProperty('--split', `${100 * this.share}%`);
    this.line.setAttribute('aria-orientation', this.stacked.matches ? 'horizontal' : 'vertical');
    this.line.setAttribute('aria-valuenow', String(percent));
    this.line.setAttribute('aria-valuetext', `text ${percent} %`);
  }
}
