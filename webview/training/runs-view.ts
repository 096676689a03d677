import type { RunSummary } from '../../src/run/messages.ts';
import { byId, make } from '../shared/dom.ts';
import { statusLook } from './run-view.ts';

let shown = '';

/** The list of runs: a listbox with one tab stop, arrows move, Enter or a click selects. */
export function showRuns(
  runs: readonly RunSummary[],
  selected: string | null,
  select: (runId: string) => void,
): void {
  byId('app').classList.toggle('single', runs.length < 2);
  const key = JSON.stringify([runs, selected]);
  if (key === shown) return;
  shown = key;
  const list = byId('run-list');
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset.run
    : undefined;
  const items = runs.map((run) => item(run, run.runId === selected, select));
  if (selected === null && items[0]) items[0].tabIndex = 0;
  list.replaceChildren(...items);
  if (focused) items.find((i) => i.dataset.run === focused)?.focus();
  list.onkeydown = (e) => moveFocus(e, list);
}

function item(run: RunSummary, selected: boolean, select: (runId: string) => void): HTMLElement {
  const { text, look } = statusLook[run.status];
  const created = new Date(run.created);
  const when = Number.isNaN(created.getTime())
    ? ''
    : created.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  const element = make(
    'li',
    { role: 'option', 'aria-selected': String(selected), title: run.runId },
    make('span', { class: `dot ${look}`, 'aria-hidden': 'true' }),
    make('b', {}, run.name),
    make('small', {}, `${text} · ${when}`),
  );
  element.dataset.run = run.runId;
  element.tabIndex = selected ? 0 : -1;
  element.addEventListener('click', () => select(run.runId));
  return element;
}

function moveFocus(e: KeyboardEvent, list: HTMLElement): void {
  const items = [...list.children] as HTMLElement[];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const to = moves[e.key];
  if (to !== undefined) {
    e.preventDefault();
    items[Math.min(items.length - 1, Math.max(0, to))]?.focus();
  } else if (e.key === 'Enter' || e.key === ' ') {
    e.preventDefault();
    items[at]?.click();
  }
}
