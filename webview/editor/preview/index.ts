import type { ExperimentPreview } from '../../../src/language/preview.ts';
import type { KeyChange } from '../../../src/language/set-keys.ts';
import { make } from '../../shared/dom.ts';

/** Forms and live figures beside the text. */
export class PreviewView {
  private readonly root: HTMLElement;
  private readonly reveal: (offset: number) => void;

  /**
   * @param root empty; all of it belongs to this view
   * @param send asks for values to be written into the text
   * @param reveal shows an offset of the text and puts the cursor there
   */
  constructor(
    root: HTMLElement,
    _send: (changes: readonly KeyChange[]) => void,
    reveal: (offset: number) => void,
  ) {
    this.root = root;
    this.reveal = reveal;
  }

  show({ problems }: ExperimentPreview): void {
    this.root.replaceChildren(
      ...problems.map(({ message, range }) => {
        const link = make('button', { type: 'button' }, message);
        link.addEventListener('click', () => this.reveal(range.start.offset));
        return link;
      }),
    );
  }

  /** Colours of canvases follow the theme. */
  themeChanged(): void {}
}
