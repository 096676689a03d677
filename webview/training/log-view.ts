import { byId, make } from '../shared/dom.ts';
import type { ShownRun } from './state.ts';

const SHOWN = 2000; // lines kept in the page

let shownRun = '';
let shownLines = 0;

/** Appends new lines; follows the end unless the reader has scrolled up. */
export function showLog({ runId, history }: ShownRun): void {
  const log = byId('log');
  const { lines } = history;
  if (runId !== shownRun || lines.length < shownLines) {
    log.replaceChildren();
    shownLines = 0;
    shownRun = runId;
  }
  if (lines.length === shownLines) return;
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  for (const line of lines.slice(Math.max(shownLines, lines.length - SHOWN))) {
    const time = new Date(line.time);
    const stamp = make('time', { datetime: time.toISOString() }, time.toLocaleTimeString());
    const text = line.level === 'info' ? line.text : `${line.level}: ${line.text}`;
    log.append(make('div', { class: line.level }, stamp, text));
  }
  shownLines = lines.length;
  while (log.childElementCount > SHOWN) log.firstElementChild?.remove();
  if (follows) log.scrollTop = log.scrollHeight;
}
