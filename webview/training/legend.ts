import { make } from '../shared/dom.ts';
import { formatCount, formatValue } from '../shared/format.ts';

/** A curve's line in a legend, with the value that is looked at. */
export function legendEntry(
  look: string,
  name: string,
  value: number | undefined,
  format: (value: number) => string = formatValue,
): HTMLElement {
  const label = make('i', { title: name }, name);
  return make('span', { class: look }, label, value === undefined ? '' : ` ${format(value)}`);
}

/** Where the pointer is. */
export function legendStep(step: number | null): HTMLElement[] {
  return step === null ? [] : [make('span', { class: 'at' }, `step ${formatCount(step)}`)];
}
