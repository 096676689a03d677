import type { HostToEditor } from '../../src/language/experiment-editor-messages.ts';
import { make } from '../shared/dom.ts';
import { acquireApi } from '../shared/vscode-api.ts';
import type { Early } from './early.ts';

// Runs before Monaco is there, which takes a few hundred milliseconds to load: asks for the text and shows it to be read.

/** More does not fit on a screen, characters. */
const SHOWN = 20_000;

const received: HostToEditor[] = [];
const early: Early = {
  api: acquireApi(),
  take() {
    window.removeEventListener('message', receive);
    return received;
  },
};

function receive({ data }: MessageEvent<HostToEditor>): void {
  received.push(data);
  if (data.type !== 'start') return;
  document.body.append(make('pre', { id: 'early', 'aria-busy': 'true' }, data.text.slice(0, SHOWN)));
  performance.mark('text shown');
}

globalThis.early = early;
window.addEventListener('message', receive);
early.api.postMessage({ type: 'ready' });
