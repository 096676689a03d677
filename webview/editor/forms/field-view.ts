import type { FormField } from '../../../src/language/preview/types.ts';
import type { KeyChange } from '../../../src/language/set-keys.ts';
import { make, setText } from '../../shared/dom.ts';
import { choice } from './choice.ts';
import type { Actions, Control } from './control.ts';
import { list } from './list.ts';
import { toggle } from './toggle.ts';
import { typed } from './typed.ts';

const CONTROLS: Readonly<Record<FormField['control'], (field: FormField, actions: Actions) => Control>> = {
  choice,
  list,
  switch: toggle,
  number: typed,
  text: typed,
};

/** A key with its label, control, way back to the default, meaning and problems. */
export class FieldView {
  readonly element: HTMLElement;
  /** A control of another kind needs another view. */
  readonly kind: FormField['control'];
  private readonly control: Control;
  private readonly label = make('span', { class: 'label' });
  private readonly unit = make('span', { class: 'unit' });
  private readonly reset: HTMLElement;
  private readonly description = make('p', { class: 'description' });
  /** Meaning of the present choice. */
  private readonly choice = make('p', { class: 'description chosen' });
  private readonly notes = make('p', { class: 'description' });
  private readonly problems = make('div', { class: 'field-problems', role: 'status' });
  private field: FormField;
  private complaint = '';
  /** Something could not be written, because the text cannot be read. */
  private isBlocked = false;

  constructor(field: FormField, send: (changes: readonly KeyChange[]) => boolean) {
    this.field = field;
    this.kind = field.control;
    this.control = CONTROLS[field.control](field, {
      send: (changes) => {
        const sent = send(changes);
        this.isBlocked = !sent;
        this.complain('');
        return sent;
      },
      complain: (message) => this.complain(message),
    });
    this.reset = make('vscode-button', { class: 'reset', appearance: 'icon' });
    this.reset.innerHTML = RESET_ICON; // a constant of ours
    this.reset.addEventListener('click', () => send(this.field.reset));
    const head = make('div', { class: 'field-head' }, this.label, this.unit);
    this.element = make(
      'div',
      { class: 'field', 'data-path': field.path },
      head,
      this.control.element,
      this.reset,
      this.problems,
      this.choice,
      this.description,
      this.notes,
    );
    this.show(field);
  }

  show(field: FormField): void {
    this.field = field;
    this.isBlocked = false;
    setText(this.label, field.label);
    setText(this.unit, field.unit === field.label ? '' : (field.unit ?? ''));
    this.label.title = field.details;
    this.element.classList.toggle('is-given', field.given);
    const back = `Reset ${field.path} to its default${field.default === '' ? '' : `, ${field.default}`}`;
    this.reset.setAttribute('aria-label', back);
    this.reset.title = back;
    this.reset.classList.toggle('is-idle', field.reset.length === 0);
    this.reset.toggleAttribute('disabled', field.reset.length === 0);
    setText(this.description, field.description.replaceAll('`', ''));
    setText(this.choice, chosenText(field));
    this.choice.hidden = this.choice.textContent === '';
    setText(this.notes, field.note ?? '');
    this.notes.hidden = field.note === undefined;
    this.control.show(field);
    this.showProblems();
  }

  private complain(message: string): void {
    this.complaint = message;
    this.showProblems();
  }

  private showProblems(): void {
    const own = [this.complaint, this.isBlocked ? BLOCKED : ''].filter(Boolean);
    const all = [...own.map((message) => ({ severity: 'error', message })), ...this.field.problems];
    const text = all.map(({ message }) => message).join('\n');
    const isWrong = all.some(({ severity }) => severity === 'error');
    const name = [accessibleName(this.field), ...all.map(({ message }) => message)].join('. ');
    this.control.element.setAttribute('aria-label', name);
    this.control.element.setAttribute('aria-invalid', String(isWrong));
    this.element.classList.toggle('is-wrong', isWrong);
    if (this.problems.dataset.text === text) return;
    this.problems.dataset.text = text;
    this.problems.replaceChildren(
      ...all.map(({ severity, message }) => make('p', { class: `is-${severity}` }, message)),
    );
  }
}

/** What the present choice means; of several values, all of them in their order. */
function chosenText({ control, options, value }: FormField): string {
  if (control === 'list') return value;
  return control === 'choice' ? (options.find(({ selected }) => selected)?.detail ?? '') : '';
}

/** A screen reader hears the whole path, the meaning, and whether the file sets it. */
function accessibleName({ path, description, unit, given }: FormField): string {
  const state = given ? 'set in the file' : 'default';
  return [path, unit, state, description.replaceAll('`', '')].filter(Boolean).join(', ');
}

const BLOCKED = 'Not written: the text has an error of syntax. Correct it first.';

const RESET_ICON =
  '<svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.3" aria-hidden="true"><path d="M3.2 6.5h6.3a3.4 3.4 0 0 1 0 6.8H6.5M5.8 3.5l-3 3 3 3"/></svg>';
