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
