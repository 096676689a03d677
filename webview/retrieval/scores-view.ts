import { counted } from '../../src/common/counted.ts';
import type { DomainScores, EvaluationSummary } from '../../src/run/retrieval-messages.ts';
import { byId, make, setText } from '../shared/dom.ts';
import { formatCount, formatScore } from './format.ts';
import type { ShownGallery } from './state.ts';

const MAIN = 'mMP@5';

/** What was evaluated, with which images and how. */
export function showSummary({ run, summary }: ShownGallery): void {
  setText(byId('name'), run.name);
  const { images, metric, indexImages, queries, excluded, skipped } = summary;
  const facts = [
    `${counted(queries + excluded, 'query')} in ${counted(indexImages, 'index image')}`,
    `${metric === 'cosine' ? 'cosine' : 'Euclidean'} distance`,
    images.startsWith(`${summary.root}/`) ? images.slice(summary.root.length + 1) : images,
  ];
  if (skipped > 0) facts.push(`${counted(skipped, 'bad image')} left out`);
  setText(byId('summary'), facts.join(' · '));
  byId('summary').title = summary.checkpoint ?? summary.neck;
  const notes = byId('notes');
  notes.hidden = summary.notes.length === 0;
  notes.replaceChildren(...summary.notes.map((note) => make('li', {}, note)));
}

/** A button for each domain, with its score; one is pressed. */
export function showDomains(
  { domains, ...all }: EvaluationSummary,
  chosen: string | null,
  choose: (domain: string | null) => void,
): void {
  const box = byId('domains');
  const entries = Object.entries(domains);
  box.hidden = entries.length === 0;
  const focused = (document.activeElement as HTMLElement | null)?.dataset.domain;
  const button = (name: string, scores: DomainScores, domain: string | null) => {
    const { [MAIN]: score } = scores.metrics;
    const element = make(
      'button',
      { type: 'button', 'aria-pressed': String(domain === chosen), 'data-domain': name },
      name,
      make('span', { class: 'value' }, formatScore(score)),
    );
    element.title = `${name}: ${MAIN} ${formatScore(score)} over ${counted(scores.queries, 'query')}`;
    element.addEventListener('click', () => choose(domain));
    return element;
  };
  const buttons = [button('All', all, null), ...entries.map(([name, scores]) => button(name, scores, name))];
  box.replaceChildren(...buttons);
  if (focused !== undefined) buttons.find((b) => b.dataset.domain === focused)?.focus();
}

/** Every metric of the chosen domain. */
export function showMetrics(summary: EvaluationSummary, chosen: string | null): void {
  const scores: DomainScores = (chosen !== null && summary.domains[chosen]) || summary;
  const tiles = Object.entries(scores.metrics).map(([name, value]) =>
    make('div', {}, make('dt', {}, name), make('dd', {}, formatScore(value))),
  );
  const counted = make('div', {}, make('dt', {}, 'queries'), make('dd', {}, formatCount(scores.queries)));
  byId('metrics').replaceChildren(...tiles, counted);
}
