import type { FormField, FormGroup } from '../../../src/language/preview/types.ts';
import type { KeyChange } from '../../../src/language/set-keys.ts';
import { make, setText } from '../../shared/dom.ts';
import { FieldView } from './field-view.ts';

interface Group {
  readonly element: HTMLElement;
  readonly description: HTMLElement;
  readonly fields: HTMLElement;
}

/** Forms for the common keys; controls stay the same elements as long as their keys are shown. */
export class FormsView {
  private readonly root: HTMLElement;
  private readonly send: (changes: readonly KeyChange[]) => boolean;
  private readonly groups = new Map<string, Group>();
  private readonly fields = new Map<string, FieldView>();

  /** @param send returns false where the text cannot be written into now */
  constructor(root: HTMLElement, send: (changes: readonly KeyChange[]) => boolean) {
    this.root = root;
    this.send = send;
  }

  show(groups: readonly FormGroup[]): void {
    const all = groups.flatMap(({ fields }) => fields);
    for (const path of this.fields.keys())
      if (!all.some((field) => field.path === path)) this.fields.delete(path);
    arrange(
      this.root,
      groups.map(({ title, description, fields }) => {
        const group = this.group(title);
        setText(group.description, description);
        arrange(
          group.fields,
          fields.map((field) => this.view(field).element),
        );
        return group.element;
      }),
    );
    // Last, because the toolkit's controls give themselves names of their own when they come into the page.
    for (const field of all) this.view(field).show(field);
  }

  private view(field: FormField): FieldView {
    const known = this.fields.get(field.path);
    if (known?.kind === field.control) return known;
    const view = new FieldView(field, (changes) => this.send(changes));
    this.fields.set(field.path, view);
    return view;
  }

  private group(title: string): Group {
    const known = this.groups.get(title);
    if (known) return known;
    const description = make('p', { class: 'description' });
    const fields = make('div', { class: 'fields' });
    const element = make('fieldset', {}, make('legend', {}, title), description, fields);
    const group = { element, description, fields };
    this.groups.set(title, group);
    return group;
  }
}

/** Puts elements in order without touching those that stay: what has the focus keeps it. */
function arrange(parent: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, i) => {
    if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
  });
}
