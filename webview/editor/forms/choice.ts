import type { Dropdown } from '@vscode/webview-ui-toolkit';
import type { FormField, FormOption } from '../../../src/language/preview/types.ts';
import { make } from '../../shared/dom.ts';
import type { Actions, Control } from './control.ts';

/** One of several values. */
export function choice(_field: FormField, { send }: Actions): Control {
  const element = make('vscode-dropdown') as Dropdown;
  let options: readonly FormOption[] = [];
  let labels = '';
  const selected = () => options.findIndex((option) => option.selected);
  const showSelected = () => {
    const label = options[selected()]?.label;
    if (label !== undefined && element.value !== label) element.value = label;
  };
  element.addEventListener('change', () => {
    const chosen = options.find(({ label }) => label === element.value);
    if (!chosen || chosen.selected) return;
    if (chosen.changes.length === 0 || !send(chosen.changes)) showSelected();
  });
  return {
    element,
    show(field) {
      options = field.options;
      const next = JSON.stringify(options.map(({ label, detail }) => [label, detail]));
      // An open list would close under the pointer.
      if (next !== labels && !element.open) {
        labels = next;
        element.replaceChildren(
          ...options.map(({ label, detail, selected: isSelected }) => {
            const option = make('vscode-option', { value: label, title: detail }, label);
            option.toggleAttribute('selected', isSelected);
            return option;
          }),
        );
      }
      showSelected();
      element.title = options[selected()]?.detail ?? '';
    },
  };
}
