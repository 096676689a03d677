import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from './client.ts';

const SCHEME = 'mdfe';

/** Read-only texts about configurations, by the first part of their path. */
type View = 'default_cfg' | 'defaults' | 'effective' | 'resolved' | 'explain';

/** The whole default configuration with comments. */
export const DEFAULTS_URI = uriOf('default_cfg', 'default_cfg.yaml');

/** The defaults without comments, to compare with. */
export const PLAIN_DEFAULTS_URI = uriOf('defaults', 'defaults.yaml');

/** A configuration merged over its defaults: with marks for reading (`effective`), or plain (`resolved`). */
export function mergedUri(view: 'effective' | 'resolved', source: vscode.Uri): vscode.Uri {
  const name = basename(source.path).replace(/\.ya?ml$/i, '');
  return uriOf(view, `${name}.${view}.yaml`).with({ query: source.toString() });
}

/** What a problem's code means. */
export function explanationUri(code: string): vscode.Uri {
  return uriOf('explain', `${code}.md`);
}

export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;
  private readonly client: LanguageClient;

  constructor(client: LanguageClient) {
    this.client = client;
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.sourceChanged(document.uri)),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [, view = '', ...rest] = uri.path.split('/');
    switch (view as View) {
      case 'default_cfg':
        return this.client.ask('defaults', {});
      case 'defaults':
        return this.client.ask('resolvedDefaults', {});
      case 'explain':
        return this.client.ask('explain', { code: rest.join('/').replace(/\.md$/, '') });
      case 'effective':
        return this.effective(await sourceOf(uri));
      case 'resolved':
        return this.client.about(await sourceOf(uri), 'resolved', {});
    }
  }

  private effective(source: vscode.TextDocument): Promise<string> {
    return this.client.about(source, 'effective', { name: basename(source.uri.path) });
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  private sourceChanged(source: vscode.Uri): void {
    const query = source.toString();
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === SCHEME && uri.query === query) this.changed.fire(uri);
  }
}

function uriOf(view: View, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${view}/${name}` });
}

function sourceOf(uri: vscode.Uri): Thenable<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri.query, true));
}
