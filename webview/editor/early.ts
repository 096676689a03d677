import type { EditorToHost, HostToEditor } from '../../src/language/experiment-editor-messages.ts';
import type { VsCodeApi } from '../shared/vscode-api.ts';

/** What the page keeps while its tab is hidden. */
export interface State {
  /** Cursor, selection and scroll position, as Monaco writes them. */
  readonly view: object;
}

/** What the small script that runs first leaves for the large one. */
export interface Early {
  readonly api: VsCodeApi<State, EditorToHost>;
  /** Messages so far; ends the collecting. */
  take(): readonly HostToEditor[];
}

declare global {
  var early: Early | undefined;
}
