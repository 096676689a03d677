import type { TextField } from '@vscode/webview-ui-toolkit';
import type { FormField } from '../../../src/language/preview/types.ts';
import { make } from '../../shared/dom.ts';
import { checkInput } from './check-input.ts';
import type { Actions, Control } from './control.ts';
import { InputState, PATIENCE } from './input-state.ts';

/** A number or a text; written with Enter or when the input is left, taken back with Escape. */
export function typed(first: FormField, { send, complain }: Actions): Control {
  const element = make('vscode-text-field', { spellcheck: 'false' }) as TextField;
  const state = new InputState(first.value);
  let field = first;
  const showValue = () => {
    const wasTyped = state.isTyped;
    const text = state.show(field.value, document.activeElement === element, performance.now());
    if (element.value !== text) element.value = text;
    if (wasTyped && !state.isTyped) complain('');
  };
  const write = () => {
    if (!state.isTyped) return;
    const text = element.value;
    if (text.trim() === field.value) {
      element.value = state.drop();
      complain('');
      return;
    }
    const checked = checkInput(field, text);
    if ('message' in checked) {
      complain(checked.message);
      return;
    }
    state.write(text, performance.now());
    if (send([{ path: field.path, value: checked.yaml }]))
      setTimeout(showValue, PATIENCE + 50); // timers may be early
    else state.type(text);
  };
  element.addEventListener('input', () => {
    state.type(element.value);
    const checked = checkInput(field, element.value);
    complain('message' in checked ? checked.message : '');
  });
  element.addEventListener('change', write);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') write();
    if (event.key !== 'Escape' || !state.isTyped) return;
    event.preventDefault();
    element.value = state.drop();
    complain('');
  });
  return {
    element,
    show(next) {
      field = next;
      showValue();
    },
  };
}
