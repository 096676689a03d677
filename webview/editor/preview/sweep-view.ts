import type { SweepPreview } from '../../../src/language/preview/types.ts';
import { make, setText } from '../../shared/dom.ts';
import { formatCount } from '../../shared/format.ts';
import { showFigures } from './figures-view.ts';

/** How many runs a sweep has, how long they take, and which they are. */
export class SweepView {
  private readonly figures = make('dl', { class: 'figures' });
  private readonly summary = make('summary');
  private readonly runs = make('ol');
  readonly element = make('div', {}, this.figures, make('details', {}, this.summary, this.runs));
  private shown = '';

  show({ figures, labels, runs }: SweepPreview): void {
    showFigures(this.figures, figures);
    const first = labels.length < runs ? `First ${formatCount(labels.length)} of the runs` : 'The runs';
    setText(this.summary, first);
    const key = labels.join('\n');
    if (key === this.shown) return; // an opened list keeps its place
    this.shown = key;
    this.runs.replaceChildren(...labels.map((label) => make('li', {}, label)));
  }
}
