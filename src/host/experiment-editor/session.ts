import { basename } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../common/errors.ts';
import type { TextEdit } from '../../language/edits.ts';
import type {
  AskMessage,
  DocumentText,
  EditorOptions,
  EditorToHost,
  HostToEditor,
} from '../../language/experiment-editor-messages.ts';
import type { KeyChange } from '../../language/set-keys.ts';
import type { LanguageClient } from '../language/client.ts';
import { rangeOf } from '../language/documents.ts';
import { explanationUri } from '../language/virtual-documents.ts';
import { DocumentSync } from './document-sync.ts';
import { readEditorOptions } from './editor-options.ts';
import { Flusher } from './flusher.ts';
import { LiveFigures } from './live-figures.ts';

export interface SessionParts {
  readonly client: LanguageClient;
  readonly log: vscode.LogOutputChannel;
  readonly memory: vscode.Memento;
  /** The JSON Schema of configurations. */
  readonly schema: object;
  readonly factsChanged: vscode.Event<void>;
}

/** Times that a form's change is made again when someone types meanwhile. */
const ATTEMPTS = 5;

const SPLIT = 'mdfe.experimentEditor.split';
const DEFAULT_SPLIT = 0.55;

/** One page and the document that it edits. While its tab is hidden the page is gone; it says `ready` when it is back. */
export class ExperimentSession implements vscode.Disposable {
  private readonly document: vscode.TextDocument;
  private readonly panel: vscode.WebviewPanel;
  private readonly parts: SessionParts;
  private readonly sync: DocumentSync;
  private readonly flusher: Flusher;
  private readonly figures: LiveFigures;
  private readonly subscriptions: vscode.Disposable;
  private eol: vscode.EndOfLine;

  constructor(document: vscode.TextDocument, panel: vscode.WebviewPanel, parts: SessionParts) {
    this.document = document;
    this.panel = panel;
    this.parts = parts;
    this.eol = document.eol;
    const post = (message: HostToEditor) => this.post(message);
    const apply = (edits: readonly TextEdit[]) => this.apply(edits);
    this.sync = new DocumentSync({ version: () => document.version, apply }, post);
    this.flusher = new Flusher((id) => post({ type: 'flush', id }));
    const { client, factsChanged } = parts;
    this.figures = new LiveFigures({
      document,
      client,
      isShown: () => panel.visible,
      post,
      failed: (error) => this.failed('figures', error),
    });
    const { workspace } = vscode;
    this.subscriptions = vscode.Disposable.from(
      this.figures,
      panel.webview.onDidReceiveMessage((message: EditorToHost) => {
        this.receive(message).catch((error: unknown) => {
          this.failed(message.type, error);
          void vscode.window.showErrorMessage(`MDFE: ${describeError(error)}`);
        });
      }),
      workspace.onDidChangeTextDocument((event) => event.document === document && this.changed(event)),
      workspace.onWillSaveTextDocument((event) => {
        if (event.document === document && panel.visible) event.waitUntil(this.flusher.flush());
      }),
      panel.onDidChangeViewState(() => panel.visible || this.flusher.gone()),
      factsChanged(() => this.figures.schedule()),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('editor', document))
          post({ type: 'options', options: this.options() });
      }),
    );
  }

  dispose(): void {
    this.flusher.gone();
    this.subscriptions.dispose();
  }

  private changed({ contentChanges }: vscode.TextDocumentChangeEvent): void {
    const { document } = this;
    if (document.eol !== this.eol) {
      this.eol = document.eol;
      void this.sync.between(() => this.post({ type: 'restart', ...this.text() }));
    } else if (contentChanges.length > 0) {
      const edits = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        start: rangeOffset,
        end: rangeOffset + rangeLength,
        newText: text,
      }));
      this.sync.changed({ revision: document.version, edits });
    } else return; // saved, or dirty
    this.figures.schedule();
  }

  private async receive(message: EditorToHost): Promise<void> {
    const { executeCommand } = vscode.commands;
    switch (message.type) {
      case 'ready':
        return this.start();
      case 'edit':
        return this.sync.edit(message);
      case 'ask':
        return this.answer(message);
      case 'setKeys':
        return this.setKeys(message.changes);
      case 'flushed':
        return this.flusher.flushed(message.id);
      case 'split':
        return this.parts.memory.update(SPLIT, message.split);
      case 'undo':
      case 'redo':
        return executeCommand(message.type);
      case 'selectDataFolder':
        return executeCommand('mdfe.selectDataFolder');
      case 'explain':
        return executeCommand('vscode.open', explanationUri(message.code));
      case 'open':
        if (/^https?:\/\//.test(message.address))
          return executeCommand('vscode.open', vscode.Uri.parse(message.address, true));
    }
  }

  private async start(): Promise<void> {
    const { schema, memory } = this.parts;
    const name = basename(this.document.uri.path);
    const split = memory.get(SPLIT, DEFAULT_SPLIT);
    const options = this.options();
    await this.sync.between(() => this.post({ type: 'start', name, schema, split, options, ...this.text() }));
    this.figures.schedule(0);
  }

  private async answer({ id, method, params }: AskMessage): Promise<void> {
    try {
      const given = { coverage: 'all', offset: 0, ...params } as const;
      const result = await this.parts.client.about(this.document, method, given);
      this.post({ type: 'answer', id, result });
    } catch (error) {
      this.post({ type: 'failed', id, reason: describeError(error) });
    }
  }

  /** A form's change, computed again when the text changes under it. */
  private async setKeys(changes: readonly KeyChange[]): Promise<void> {
    const { document, parts } = this;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { version } = document;
      const edits = await parts.client.about(document, 'setKeys', { changes });
      if (document.version === version && (await this.apply(edits))) return;
    }
    void vscode.window.showErrorMessage('MDFE: the text changes too fast for the form; try again.');
  }

  private async apply(edits: readonly TextEdit[]): Promise<boolean> {
    const { uri, version } = this.document;
    const edit = new vscode.WorkspaceEdit();
    for (const { start, end, newText } of edits)
      edit.replace(uri, rangeOf(this.document, start, end), newText);
    try {
      const taken = await vscode.workspace.applyEdit(edit);
      if (!taken && this.document.version === version)
        this.parts.log.warn(`experiment editor: ${uri.path} cannot be changed`);
      return taken;
    } catch (error) {
      this.failed('edit', error);
      return false;
    }
  }

  private options(): EditorOptions {
    const { uri, languageId } = this.document;
    const editor = vscode.workspace.getConfiguration('editor', { uri, languageId });
    return readEditorOptions({
      get: (name) => editor.get(name),
      isSet: (name) => {
        const found = editor.inspect(name);
        return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some(
          (value) => value !== undefined,
        );
      },
    });
  }

  private text(): DocumentText {
    const { document } = this;
    const eol = document.eol === vscode.EndOfLine.LF ? '\n' : '\r\n';
    return { text: document.getText(), revision: document.version, eol };
  }

  /** Never awaited. A hidden page is gone, and asks for everything when it is back. */
  private post(message: HostToEditor): void {
    if (this.panel.visible) void this.panel.webview.postMessage(message);
  }

  private failed(what: string, error: unknown): void {
    this.parts.log.error(`experiment editor: ${what}: ${describeError(error)}`);
  }
}
