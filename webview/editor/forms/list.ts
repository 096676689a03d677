import type { Checkbox } from '@vscode/webview-ui-toolkit';
import type { FormField, FormOption } from '../../../src/language/preview/types.ts';
import { make, setText } from '../../shared/dom.ts';
import type { Actions, Control } from './control.ts';

interface Item {
  readonly element: Checkbox;
  readonly detail: HTMLElement;
  option: FormOption;
}

/** Any of several values, at least one. */
export function list(_field: FormField, { send, complain }: Actions): Control {
  const element = make('div', { class: 'list', role: 'group' });
  const items = new Map<string, Item>();
  const itemOf = (option: FormOption): Item => {
    const known = items.get(option.label);
    if (known) return known;
    const detail = make('span', { class: 'detail' });
    const checkbox = make('vscode-checkbox', {}, option.label, ' ', detail) as Checkbox;
    const item: Item = { element: checkbox, detail, option };
    checkbox.addEventListener('change', () => {
      const { selected, changes } = item.option;
      if (checkbox.checked === selected) return;
      if (changes.length === 0) complain('At least one must be named.');
      if (changes.length === 0 || !send(changes)) checkbox.checked = selected;
    });
    items.set(option.label, item);
    return item;
  };
  return {
    element,
    show(field) {
      const shown = field.options.map((option) => {
        const item = itemOf(option);
        item.option = option;
        item.element.checked = option.selected;
        setText(item.detail, option.detail);
        return item.element;
      });
      const isSame =
        shown.length === element.childElementCount && shown.every((item, i) => element.children[i] === item);
      if (!isSame) element.replaceChildren(...shown);
    },
  };
}
