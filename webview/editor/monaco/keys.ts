import { monaco } from './monaco.ts';

const { KeyCode, KeyMod } = monaco;

/** Keys that are VS Code's, although Monaco would take them. */
export function leaveKeysToVsCode(actions: { undo(): void; redo(): void }): void {
  const undo = 'mdfe.undo';
  const redo = 'mdfe.redo';
  monaco.editor.addCommand({ id: undo, run: () => actions.undo() });
  monaco.editor.addCommand({ id: redo, run: () => actions.redo() });
  monaco.editor.addKeybindingRules([
    { keybinding: KeyCode.F1, command: null }, // the palette
    // The document's own undo, which knows the changes of other editors too.
    { keybinding: KeyMod.CtrlCmd | KeyCode.KeyZ, command: undo, when: 'editorTextFocus' },
    { keybinding: KeyMod.CtrlCmd | KeyCode.KeyY, command: redo, when: 'editorTextFocus' },
    { keybinding: KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyZ, command: redo, when: 'editorTextFocus' },
  ]);
}
