import type { HostToGallery } from '../../src/run/retrieval-messages.ts';
import { byId, setText } from '../shared/dom.ts';
import type { Pictures } from './pictures.ts';
import { rowElement } from './row-view.ts';

/** What an image of the user's own found, above the gallery. */
export function showSearch(
  search: Extract<HostToGallery, { type: 'search' }>,
  paths: readonly string[],
  pictures: Pictures,
): void {
  byId('search').hidden = search.state === 'closed';
  const text = search.state === 'working' || search.state === 'failed' ? search.text : '';
  setText(byId('search-text'), text);
  byId('search-text').classList.toggle('is-bad', search.state === 'failed');
  const row = search.state === 'found' ? [rowElement(search.row, { paths, pictures })] : [];
  byId('search-row').replaceChildren(...row);
  for (const tile of byId('search-row').querySelectorAll<HTMLElement>('[data-open]')) tile.tabIndex = 0;
}
