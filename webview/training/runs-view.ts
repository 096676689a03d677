import type { RunSummary } from '../../src/run/messages.ts';
import { byId, make } from '../shared/dom.ts';
import { groupRuns, groupWords } from './run-groups.ts';
import { statusLook } from './status.ts';

let shown = '';
let scrolledTo: string | null = null;
/** Sweeps that the user opened or closed; the others are open while they hold the shown run. */
const opened = new Map<string, boolean>();

/**
 * The list of runs, a tree with one tab stop: arrows move, open and close, Enter or a click selects. The runs of a
 * sweep are together under its name.
 */
export function showRuns(
  runs: readonly RunSummary[],
  selected: string | null,
  select: (runId: string) => void,
): void {
  byId('app').classList.toggle('single', runs.length < 2);
  const key = JSON.stringify([runs, selected, [...opened]]);
  if (key === shown) return;
  shown = key;
  const list = byId('run-list');
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset.key
    : undefined;
  const again = () => showRuns(runs, selected, select);
  const items = groupRuns(runs).flatMap((entry) =>
    'run' in entry
      ? [runItem(entry.run, 1, selected, select)]
      : sweepItems(entry.sweep, entry.runs, selected, select, again),
  );
  list.replaceChildren(...items);
  const chosen = items.find((i) => i.getAttribute('aria-selected') === 'true');
  const stop = chosen ?? items[0];
  if (stop) stop.tabIndex = 0;
  if (chosen && selected !== scrolledTo) scrollTo(chosen);
  scrolledTo = selected;
  if (focused !== undefined) items.find((i) => i.dataset.key === focused)?.focus();
  list.onkeydown = (e) => onKey(e, list);
}

/** Brings a line of the list into sight; the page itself stays where it is. */
function scrollTo(item: HTMLElement): void {
  const box = byId('runs');
  const place = item.getBoundingClientRect();
  const sight = box.getBoundingClientRect();
  if (place.top < sight.top || place.bottom > sight.bottom)
    box.scrollTop += place.top - sight.top - (sight.height - place.height) / 2;
}

/** The line of a sweep, and its runs where it is open. */
function sweepItems(
  name: string,
  runs: readonly RunSummary[],
  selected: string | null,
  select: (runId: string) => void,
  again: () => void,
): HTMLElement[] {
  const isOpen = opened.get(name) ?? runs.some((run) => run.runId === selected);
  const head = make(
    'li',
    {
      role: 'treeitem',
      'aria-level': '1',
      'aria-expanded': String(isOpen),
      class: 'sweep-line',
      title: name,
    },
    make('span', { class: 'twistie', 'aria-hidden': 'true' }),
    make('b', {}, name),
    make('small', {}, groupWords(runs)),
  );
  head.dataset.key = name;
  head.tabIndex = -1;
  head.addEventListener('click', () => {
    opened.set(name, !isOpen);
    again();
  });
  return isOpen ? [head, ...runs.map((run) => runItem(run, 2, selected, select))] : [head];
}

function runItem(
  run: RunSummary,
  level: 1 | 2,
  selected: string | null,
  select: (runId: string) => void,
): HTMLElement {
  const { text, look } = statusLook[run.status];
  const created = new Date(run.created);
  const when = Number.isNaN(created.getTime())
    ? ''
    : created.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  const name = level === 2 && run.sweep ? `${run.sweep.index} · ${run.sweep.label}` : run.name;
  const element = make(
    'li',
    {
      role: 'treeitem',
      'aria-level': String(level),
      'aria-selected': String(run.runId === selected),
      title: run.runId,
    },
    make('span', { class: `dot ${look}`, 'aria-hidden': 'true' }),
    make('b', {}, name),
    make('small', {}, `${text} · ${when}`),
  );
  element.dataset.key = element.dataset.run = run.runId;
  element.tabIndex = -1;
  element.addEventListener('click', () => select(run.runId));
  return element;
}

function onKey(e: KeyboardEvent, list: HTMLElement): void {
  const items = [...list.children] as HTMLElement[];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const item = items[at];
  const expanded = item?.getAttribute('aria-expanded');
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const to = moves[e.key];
  if (to !== undefined) items[Math.min(items.length - 1, Math.max(0, to))]?.focus();
  else if (e.key === 'Enter' || e.key === ' ') item?.click();
  else if (e.key === 'ArrowRight' && expanded === 'false') item?.click();
  else if (e.key === 'ArrowLeft' && expanded === 'true') item?.click();
  else if (e.key === 'ArrowLeft' && item?.getAttribute('aria-level') === '2')
    items
      .slice(0, at)
      .findLast((i) => i.hasAttribute('aria-expanded'))
      ?.focus();
  else return;
  e.preventDefault();
}
