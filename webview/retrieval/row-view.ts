import type { Found, GalleryRow } from '../../src/run/retrieval-messages.ts';
import { make } from '../shared/dom.ts';
import { baseName, folderOf, formatDistance, formatScore } from './format.ts';
import type { Pictures } from './pictures.ts';

export interface RowContext {
  readonly paths: readonly string[];
  readonly classes: readonly string[];
  readonly pictures: Pictures;
}

/**
 * A query and what it found: a row of a grid, its images are the cells. Marks are a sign and a word, never a colour
 * alone.
 */
export function rowElement(row: GalleryRow, context: RowContext): HTMLElement {
  const path = context.paths[row.query]!;
  return make(
    'div',
    { role: 'row', class: 'row' },
    caption(row, path, nameOf(row.label, context)),
    make(
      'div',
      { class: 'tiles', role: 'presentation' },
      tile(row.query, `Query: ${path}`, 'query', 'query', context),
      ...row.found.map((found, i) => foundTile(found, i, context)),
      ...(row.found.length === 0 ? [make('p', { class: 'muted' }, 'nothing found: the index is empty')] : []),
    ),
  );
}

function caption({ score, relevant, domain }: GalleryRow, path: string, name: string): HTMLElement {
  const parts: HTMLElement[] = [];
  if (relevant !== null)
    parts.push(
      score === null
        ? make('span', { class: 'score', title: 'The index holds no image of its class' }, 'not counted')
        : make('span', { class: `score ${grade(score)}`, title: 'mMP@5 of this query' }, formatScore(score)),
    );
  parts.push(
    make('b', {}, baseName(path)),
    make('span', { class: 'muted folder' }, make('bdi', {}, folderOf(path))),
  );
  if (name !== '') parts.push(make('span', { class: 'class', title: `Class ${name}` }, `class ${name}`));
  if (domain !== null) parts.push(make('span', { class: 'domain' }, domain));
  if (relevant !== null && relevant > 0)
    parts.push(make('span', { class: 'muted count' }, `${relevant} in the index`));
  return make('div', { class: 'caption', role: 'rowheader' }, ...parts);
}

function grade(score: number): string {
  return score >= 1 ? 'is-all' : score > 0 ? 'is-some' : 'is-none';
}

function foundTile({ image, label, distance, right }: Found, i: number, context: RowContext): HTMLElement {
  const word = right === null ? '' : right ? 'right' : 'wrong';
  const sign = right === null ? '' : right ? '✓ ' : '✗ ';
  const shown = formatDistance(distance);
  const name = nameOf(label, context);
  const said = [word, `distance ${shown}`, name && `class ${name}`, context.paths[image]!];
  const text = `Nearest ${i + 1}: ${said.filter((part) => part !== '').join(', ')}`;
  // A right one is of the query's class, which stands above.
  const note = right ? sign + shown : `${sign}${shown}${name && ` · ${name}`}`;
  return tile(image, text, word || 'unknown', note, context);
}

function tile(image: number, label: string, look: string, note: string, context: RowContext): HTMLElement {
  const picture = make('img', { alt: '', 'data-image': String(image), draggable: 'false' });
  const element = make(
    'div',
    { role: 'gridcell', class: `tile ${look}`, 'aria-label': label, title: label, tabindex: '-1' },
    make('span', { class: 'frame' }, picture),
    make('span', { class: 'note', 'aria-hidden': 'true' }, note),
  );
  element.dataset.open = String(image);
  fill(picture as HTMLImageElement, context.pictures);
  return element;
}

function nameOf(label: number | null, { classes }: RowContext): string {
  return label === null ? '' : classes[label]!;
}

/** Puts the picture in where it is there, or says that there is none. */
export function fill(element: HTMLImageElement, pictures: Pictures): void {
  const thumbnail = pictures.get(Number(element.dataset.image));
  if (!thumbnail) return;
  const frame = element.parentElement;
  if (thumbnail.data === null) {
    frame?.classList.add('is-broken');
    frame?.setAttribute('title', thumbnail.problem);
  } else {
    frame?.classList.add('is-there');
    element.src = `data:image/jpeg;base64,${thumbnail.data}`;
  }
}
