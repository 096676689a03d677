import { parentOf } from '../../src/common/parent-of.ts';
import { findLocation } from '../../src/run/error-location.ts';
import { type Remedy, remediesFor, remedyTitles } from '../../src/run/remedies.ts';
import { byId, make, setText } from '../shared/dom.ts';
import { formatCount } from '../shared/format.ts';
import { readFailure } from './failure-text.ts';
import type { ShownRun } from './state.ts';

export interface ProblemHooks {
  readonly remedy: (remedy: Remedy) => void;
  readonly openFile: (path: string) => void;
}

interface Problem {
  readonly title: string;
  readonly text: string;
  readonly todo: string;
  readonly remedies: readonly Remedy[];
}

let shown = '';

/** Failed and killed runs, and those whose folder is gone, say what happened and what can be done. */
export function showProblem(run: ShownRun, hooks: ProblemHooks): void {
  const problem = problemOf(run);
  byId('problem').hidden = problem === undefined;
  const key = JSON.stringify([run.runId, problem]);
  if (key === shown) return; // announced once, and buttons keep their focus
  shown = key;
  if (!problem) return;
  const { lines, details } = readFailure(problem.text);
  setText(byId('problem-title'), problem.title);
  byId('problem-text').replaceChildren(
    ...lines.map(({ path, text }) => make('div', {}, ...(path === '' ? [] : [link(path, hooks)]), text)),
  );
  byId('problem-details').replaceChildren(
    ...details.flatMap(({ name, text }) => [make('dt', {}, name), make('dd', {}, text)]),
  );
  setText(byId('problem-todo'), problem.todo);
  byId('problem-actions').replaceChildren(
    ...problem.remedies.map((remedy) => button(remedy, problem.text, hooks)),
  );
}

function problemOf({ runId, status, record, history }: ShownRun): Problem | undefined {
  if (!record)
    return {
      title: 'The folder of this run is gone',
      text: `${runId} was deleted, moved or renamed. The curves are what was read before.`,
      todo: '',
      remedies: [],
    };
  if (status !== 'failed' && status !== 'killed') return undefined;
  const last = record.lastCheckpoint ?? history.checkpoints.at(-1)?.file;
  const checkpoint = last
    ? `The last checkpoint is ${last}: Resume continues from it.`
    : 'No checkpoint was written yet: Resume starts again with the features computed so far.';
  const said = record.error?.text ?? (history.outcome?.type === 'error' ? history.outcome.text : undefined);
  const remedies = remediesFor(said ?? '', { dataDir: record.dataDir, outputDir: parentOf(runId) });
  const text = said?.replace(`${runId}: `, '');
  if (status === 'killed')
    return {
      title: text === undefined ? 'The training process is gone' : 'Training failed',
      text:
        text ??
        `Process ${record.pid} ended without a word at step ${formatCount(history.step)}: it was killed, ran out of memory, or the machine restarted.`,
      todo: checkpoint,
      remedies,
    };
  return {
    title: 'Training failed',
    text: text ?? 'See the log for the reason.',
    todo: history.step > 0 && !text?.includes('checkpoint') ? checkpoint : '',
    remedies,
  };
}

function link(path: string, { openFile }: ProblemHooks): HTMLElement {
  const element = make('button', { type: 'button', class: 'link', title: 'Open this file' }, path);
  element.addEventListener('click', () => openFile(path));
  return element;
}

function button(remedy: Remedy, message: string, hooks: ProblemHooks): HTMLElement {
  const line = remedy === 'openPlace' ? ` ${findLocation(message)?.line}` : '';
  const element = make('vscode-button', { appearance: 'secondary' }, `${remedyTitles[remedy]}${line}`);
  element.addEventListener('click', () => hooks.remedy(remedy));
  return element;
}
