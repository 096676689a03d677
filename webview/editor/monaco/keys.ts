import type { editor } from 'monaco-editor/esm/vs/editor/editor.api.js';
import { Chords } from './chords.ts';
import { monaco } from './monaco.ts';

const { KeyCode, KeyMod } = monaco;

/** Gives undo and redo to the document, which knows the changes of other editors too. */
export function undoInVsCode(actions: { undo(): void; redo(): void }): void {
  const undo = 'mdfe.undo';
  const redo = 'mdfe.redo';
  monaco.editor.addCommand({ id: undo, run: () => actions.undo() });
  monaco.editor.addCommand({ id: redo, run: () => actions.redo() });
  monaco.editor.addKeybindingRules([
    { keybinding: KeyMod.CtrlCmd | KeyCode.KeyZ, command: undo, when: 'editorTextFocus' },
    { keybinding: KeyMod.CtrlCmd | KeyCode.KeyY, command: redo, when: 'editorTextFocus' },
    { keybinding: KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyZ, command: redo, when: 'editorTextFocus' },
  ]);
}

/** Chords that begin with Ctrl+K in the text: Monaco's own run there, all others reach VS Code. */
export function chordsOfBoth(text: editor.IStandaloneCodeEditor): void {
  const passed = new WeakSet<Event>();
  const chords = new Chords<KeyboardEvent>({
    run: (action) => text.trigger('keyboard', action, undefined),
    pass: (keys) => {
      for (const key of keys) {
        const again = new KeyboardEvent('keydown', key);
        passed.add(again);
        window.dispatchEvent(again); // VS Code listens there
      }
    },
  });
  window.addEventListener(
    'keydown',
    (event) => {
      if (passed.has(event) || !text.hasTextFocus() || !chords.press(event, performance.now())) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
