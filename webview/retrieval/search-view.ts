import type { HostToGallery } from '../../src/run/retrieval-messages.ts';
import { byId, setText } from '../shared/dom.ts';
import { type RowContext, rowElement } from './row-view.ts';

/** What an image of the user's own found, above the gallery. */
export function showSearch(search: Extract<HostToGallery, { type: 'search' }>, context: RowContext): void {
  byId('search').hidden = search.state === 'closed';
  const text = search.state === 'working' || search.state === 'failed' ? search.text : '';
  setText(byId('search-text'), text);
  byId('search-text').classList.toggle('is-bad', search.state === 'failed');
  const row = search.state === 'found' ? [rowElement(search.row, context)] : [];
  byId('search-row').replaceChildren(...row);
  for (const tile of byId('search-row').querySelectorAll<HTMLElement>('[data-open]')) tile.tabIndex = 0;
}
