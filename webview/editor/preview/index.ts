import './style.css';
import '../forms/style.css';
import type { ExperimentPreview } from '../../../src/language/preview.ts';
import type { KeyChange } from '../../../src/language/set-keys.ts';
import { make, setText } from '../../shared/dom.ts';
import { formatCount, formatShort } from '../../shared/format.ts';
import { FormsView } from '../forms/forms-view.ts';
import { headContents, marginContents, scheduleContents } from './curves.ts';
import { showFigures, showParts } from './figures-view.ts';
import { Plot } from './plot.ts';
import { countProblems, ProblemsView } from './problems-view.ts';
import { SweepView } from './sweep-view.ts';

const TASKS: Readonly<Record<ExperimentPreview['task'], string>> = {
  'linear-probing': 'Linear probing',
  'fine-tuning': 'Fine-tuning',
  'zero-shot': 'Zero-shot model',
};

/** Forms and live figures beside the text. */
export class PreviewView {
  private readonly task = make('h1');
  private readonly count = make('button', { type: 'button', class: 'count' });
  private readonly notice = make('p', { class: 'notice', role: 'status' });
  private readonly problems: HTMLElement;
  private readonly problemsView: ProblemsView;
  private readonly forms: FormsView;
  private readonly duration = make('dl', { class: 'figures' });
  private readonly parts = make('table', { class: 'parts' });
  private readonly sizes = make('dl', { class: 'figures' });
  private readonly sizesNote = make('p', { class: 'description' });
  private readonly sweep: HTMLElement;
  private readonly sweepView = new SweepView();
  private readonly schedule: Plot;
  private readonly head: Plot;
  private readonly margins: Plot;
  /** The last one whose text could be read. */
  private shown: ExperimentPreview | undefined;
  private isReadable = true;

  /**
   * @param root empty; all of it belongs to this view
   * @param send asks for values to be written into the text
   * @param reveal shows an offset of the text and puts the cursor there
   */
  constructor(
    root: HTMLElement,
    send: (changes: readonly KeyChange[]) => void,
    reveal: (offset: number) => void,
  ) {
    this.schedule = new Plot('Learning rate', {
      formatX: formatShort,
      formatY: formatShort,
      beginAtZero: true,
    });
    this.head = new Plot('Logits of the head', { formatX: (x) => `${Math.round(x)}°`, formatY: formatShort });
    this.margins = new Plot('Margin by class size', {
      formatX: formatCount,
      formatY: formatShort,
      wholeX: true,
    });
    const list = make('ul');
    this.problems = section('Problems', 'problems', list);
    this.problemsView = new ProblemsView(list, reveal);
    this.count.addEventListener('click', () => jumpTo(this.problems));
    const fieldsets = make('div');
    this.forms = new FormsView(fieldsets, (changes) => {
      if (this.isReadable) send(changes);
      return this.isReadable;
    });
    const plots = [this.schedule, this.margins, this.head].map((plot) => plot.element);
    const curves = section('Curves', 'curves', ...plots);
    const figures = section('Figures', 'numbers', this.duration, this.parts, this.sizesNote, this.sizes);
    this.sweep = section('Sweep', 'sweep', this.sweepView.element);
    const form = section('Settings', 'forms', fieldsets);
    const places = make('nav', { 'aria-label': 'Parts of the preview' });
    for (const place of [curves, figures, form]) places.append(jumpButton(place));
    root.append(
      make(
        'div',
        { class: 'preview' },
        make('header', {}, this.task, places, this.count),
        this.notice,
        make(
          'div',
          { class: 'preview-columns' },
          make('div', {}, this.problems, this.sweep, curves, figures),
          make('div', {}, form),
        ),
      ),
    );
  }

  show(preview: ExperimentPreview): void {
    const { problems, brokenLine } = preview;
    this.isReadable = brokenLine === undefined;
    this.problemsView.show(problems);
    this.problems.hidden = problems.length === 0;
    setText(this.count, countProblems(problems));
    this.count.toggleAttribute('disabled', problems.length === 0);
    this.count.className = `count is-${problems.length === 0 ? 'fine' : worst(preview)}`;
    this.showNotice(preview);
    // What a text means that is no YAML would be a guess: what it meant before stays.
    if (!this.isReadable && this.shown) return;
    this.shown = preview;
    this.showFigures(preview);
  }

  /** Colours of canvases follow the theme. */
  themeChanged(): void {
    for (const plot of [this.schedule, this.head, this.margins]) plot.draw();
  }

  private showNotice({ brokenLine, missing, task }: ExperimentPreview): void {
    let notice = missing ?? '';
    if (task === 'zero-shot')
      notice = 'The file says nothing about training: training curves and figures are those of the defaults.';
    if (brokenLine !== undefined)
      notice = `The text has an error of syntax in line ${brokenLine}: shown is what it meant before, and settings cannot be written.`;
    setText(this.notice, notice);
    this.notice.hidden = notice === '';
  }

  private showFigures(preview: ExperimentPreview): void {
    const { task, form, duration, sizes, schedule, margins, head, sweep } = preview;
    this.sweep.hidden = sweep === undefined;
    if (sweep) this.sweepView.show(sweep);
    setText(this.task, TASKS[task]);
    this.forms.show(form);
    showFigures(this.duration, duration);
    showParts(this.parts, sizes);
    showFigures(this.sizes, sizes.figures);
    setText(this.sizesNote, sizes.note ?? '');
    this.sizesNote.hidden = sizes.note === undefined;
    this.schedule.element.hidden = schedule === undefined;
    if (schedule) this.schedule.show(scheduleContents(schedule));
    this.margins.element.hidden = margins === undefined;
    if (margins) this.margins.show(marginContents(margins));
    this.head.show(headContents(head));
  }
}

function worst({ problems }: ExperimentPreview): string {
  const severities = problems.map(({ severity }) => severity);
  return (['error', 'warning', 'information'] as const).find((s) => severities.includes(s)) ?? 'fine';
}

function section(title: string, name: string, ...contents: HTMLElement[]): HTMLElement {
  const id = `preview-${name}-title`;
  const heading = make('h2', { id, tabindex: '-1' }, title);
  return make('section', { class: name, 'aria-labelledby': id }, heading, ...contents);
}

function jumpButton(place: HTMLElement): HTMLElement {
  const button = make('button', { type: 'button' }, place.querySelector('h2')?.textContent ?? '');
  button.addEventListener('click', () => jumpTo(place));
  return button;
}

/** Shows a part and moves the focus there, so that Tab goes on from it. */
function jumpTo(place: HTMLElement): void {
  place.scrollIntoView({ block: 'start' });
  place.querySelector('h2')?.focus({ preventScroll: true });
}
