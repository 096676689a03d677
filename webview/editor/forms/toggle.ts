import type { Checkbox } from '@vscode/webview-ui-toolkit';
import type { FormField, FormOption } from '../../../src/language/preview/types.ts';
import { make, setText } from '../../shared/dom.ts';
import type { Actions, Control } from './control.ts';

/** True or False. */
export function toggle(_field: FormField, { send }: Actions): Control {
  const text = make('span');
  const element = make('vscode-checkbox', {}, text) as Checkbox;
  let options: readonly FormOption[] = [];
  element.addEventListener('change', () => {
    const other = options.find(({ selected }) => !selected);
    const isOn = options.find(({ selected }) => selected)?.label === 'True';
    if (!other || element.checked === isOn) return;
    if (!send(other.changes)) element.checked = isOn;
  });
  return {
    element,
    show(field) {
      options = field.options;
      element.checked = field.value === 'True';
      setText(text, field.value);
    },
  };
}
