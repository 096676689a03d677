import type { editor } from 'monaco-editor/esm/vs/editor/editor.api.js';
import type { TextEdit } from '../../src/language/edits.ts';
import type { DocumentText, EditorOptions } from '../../src/language/experiment-editor-messages.ts';
import { rangeOf } from './monaco/engine.ts';
import { monaco, YAML } from './monaco/monaco.ts';

/** The text in Monaco. Its line ends are the document's, so that offsets mean the same on both sides. */
export class TextView {
  readonly editor: editor.IStandaloneCodeEditor;
  readonly model: editor.ITextModel;
  private applying = false;

  constructor(
    root: HTMLElement,
    name: string,
    start: DocumentText & { readonly options: EditorOptions },
    typed: (edits: TextEdit[]) => void,
  ) {
    this.model = monaco.editor.createModel(start.text, YAML, monaco.Uri.file(`/${name}`));
    this.setEol(start.eol);
    this.editor = monaco.editor.create(root, {
      model: this.model,
      ariaLabel: `${name}, configuration`,
      accessibilitySupport: document.body.classList.contains('vscode-using-screen-reader') ? 'on' : 'auto',
      automaticLayout: true,
      fixedOverflowWidgets: true,
      ...font(),
      detectIndentation: false,
      wordBasedSuggestions: 'off',
      'semanticHighlighting.enabled': false,
    });
    this.applyOptions(start.options);
    this.model.onDidChangeContent(({ changes }) => {
      if (this.applying || changes.length === 0) return;
      typed(
        changes.map(({ rangeOffset, rangeLength, text }) => ({
          start: rangeOffset,
          end: rangeOffset + rangeLength,
          newText: text,
        })),
      );
    });
  }

  /** Changes of someone else: cursor, selection and scroll position stay with their text. */
  apply(edits: readonly TextEdit[]): void {
    this.applying = true;
    try {
      this.model.applyEdits(edits.map((edit) => ({ range: rangeOf(this.model, edit), text: edit.newText })));
    } finally {
      this.applying = false;
    }
  }

  setEol(eol: DocumentText['eol']): void {
    const { LF, CRLF } = monaco.editor.EndOfLineSequence;
    this.model.setEOL(eol === '\n' ? LF : CRLF);
  }

  /** As VS Code's own editor would show it. */
  applyOptions({ view, indentation: { detect, insertSpaces, tabSize } }: EditorOptions): void {
    this.editor.updateOptions(view as editor.IEditorOptions);
    if (detect) this.model.detectIndentation(insertSpaces, tabSize);
    else this.model.updateOptions({ insertSpaces, tabSize });
  }

  /** The font of VS Code's own editor may have become another one. */
  applyFont(): void {
    this.editor.updateOptions(font());
  }

  reveal(offset: number): void {
    const position = this.model.getPositionAt(offset);
    this.editor.setPosition(position);
    this.editor.revealPositionInCenterIfOutsideViewport(position);
    this.editor.focus();
  }
}

function font(): editor.IEditorOptions {
  const style = getComputedStyle(document.documentElement);
  return {
    fontFamily: style.getPropertyValue('--vscode-editor-font-family'),
    fontWeight: style.getPropertyValue('--vscode-editor-font-weight'),
    fontSize: Number.parseInt(style.getPropertyValue('--vscode-editor-font-size'), 10) || 14,
  };
}
