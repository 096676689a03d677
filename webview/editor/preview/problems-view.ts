import type { Problem } from '../../../src/config/problem.ts';
import { make } from '../../shared/dom.ts';

const SEVERITIES = ['error', 'warning', 'information'] as const;
const NAMES = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['hint', 'hints'],
} as const;

/** `1 error, 2 warnings`; `No problems` */
export function countProblems(problems: readonly Pick<Problem, 'severity'>[]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = problems.filter((p) => p.severity === severity).length;
    return count === 0 ? [] : [`${count} ${NAMES[severity][count === 1 ? 0 : 1]}`];
  });
  return parts.join(', ') || 'No problems';
}

/** Problems as a list; each leads to its place in the text. */
export class ProblemsView {
  private readonly list: HTMLElement;
  private readonly reveal: (offset: number) => void;
  private shown = '';

  constructor(list: HTMLElement, reveal: (offset: number) => void) {
    this.list = list;
    this.reveal = reveal;
  }

  show(problems: readonly Problem[]): void {
    // Built anew only when it changes: what has the focus keeps it.
    const key = JSON.stringify(problems);
    if (key === this.shown) return;
    this.shown = key;
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
  }

  private item({ severity, message, code, expected, range }: Problem): HTMLElement {
    const link = make(
      'button',
      { type: 'button', class: `problem is-${severity}` },
      make('span', { class: 'severity' }, NAMES[severity][0]),
      make('span', { class: 'message' }, message),
      make('small', {}, `line ${range.start.line} · ${code}`),
    );
    if (expected !== undefined) link.title = `expected: ${expected}`;
    link.addEventListener('click', () => this.reveal(range.start.offset));
    return make('li', {}, link);
  }
}
