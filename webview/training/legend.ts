import { make, setText } from '../shared/dom.ts';
import { formatCount } from '../shared/format.ts';

/** A curve's line in a legend, with the value that is looked at. */
export interface LegendEntry {
  /** Class: colour, and how the line is drawn. */
  readonly look: string;
  readonly name: string;
  /** Empty where there is none. */
  readonly value: string;
}

/**
 * A legend whose entries hide and show their curves. Values change many times a second, under pointer and focus too:
 * buttons are kept as long as the names stay.
 */
export class Legend {
  private readonly place: HTMLElement;
  private readonly toggled: () => void;
  private readonly hidden = new Set<string>();
  private readonly at = make('span', { class: 'at' });
  private buttons: HTMLElement[] = [];
  private names = '';

  /** @param toggled called after a curve was hidden or shown */
  constructor(place: HTMLElement, toggled: () => void) {
    this.place = place;
    this.toggled = toggled;
  }

  isHidden(name: string): boolean {
    return this.hidden.has(name);
  }

  /** @param step under the pointer */
  show(entries: readonly LegendEntry[], step: number | null): void {
    const names = JSON.stringify(entries.map((entry) => entry.name));
    if (names !== this.names) {
      this.names = names;
      this.buttons = entries.map((entry) => this.button(entry.name));
      this.place.replaceChildren(...this.buttons, this.at);
    }
    entries.forEach(({ look, name, value }, i) => {
      const button = this.buttons[i]!;
      button.className = look;
      button.setAttribute('aria-pressed', String(!this.hidden.has(name)));
      setText(button.lastElementChild as HTMLElement, value === '' ? '' : ` ${value}`);
    });
    setText(this.at, step === null ? '' : `step ${formatCount(step)}`);
  }

  /** What a picture of the chart says. */
  texts(): { readonly look: string; readonly text: string }[] {
    return [...this.buttons, this.at]
      .filter((entry) => entry.getAttribute('aria-pressed') !== 'false' && entry.textContent !== '')
      .map((entry) => ({ look: entry.className, text: entry.textContent ?? '' }));
  }

  private button(name: string): HTMLElement {
    const title = `${name}: click to hide or show`;
    const button = make('button', { type: 'button', title }, make('i', {}, name), make('span', {}));
    button.addEventListener('click', () => {
      if (!this.hidden.delete(name)) this.hidden.add(name);
      this.toggled();
    });
    return button;
  }
}
