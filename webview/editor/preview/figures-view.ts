import type { Figure, SizePreview } from '../../../src/language/preview/types.ts';
import { make } from '../../shared/dom.ts';

/** Characters of a note that need the width of two figures. */
const LONG = 40;

/** Figures with their notes as a list of terms. */
export function showFigures(list: HTMLElement, figures: readonly Figure[]): void {
  list.replaceChildren(
    ...figures.map(({ label, value, note }) =>
      make(
        'div',
        { class: (note ?? '').length > LONG ? 'is-long' : '' },
        make('dt', {}, label),
        make('dd', {}, make('b', {}, value), ...(note ? [make('small', {}, note)] : [])),
      ),
    ),
  );
}

const COLUMNS = ['part', 'parameters', 'trained', 'weights', 'optimizer'];

/** Parameters and memory of the parts; the last row is their sum. */
export function showParts(table: HTMLElement, { parts }: SizePreview): void {
  const head = make('tr', {}, ...COLUMNS.map((text) => make('th', { scope: 'col' }, text)));
  const rows = parts.map(({ name, parameters, trained, weights, moments }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, name),
      ...[parameters, trained, weights, moments].map((text) => make('td', {}, text)),
    ),
  );
  const sum = rows.pop()!;
  table.replaceChildren(
    make('caption', {}, 'Parameters and memory, float32'),
    make('thead', {}, head),
    make('tbody', {}, ...rows),
    make('tfoot', {}, sum),
  );
}
