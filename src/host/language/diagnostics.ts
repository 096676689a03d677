import * as vscode from 'vscode';
import type { Problem } from '../../config/problem.ts';
import type { LanguageClient } from './client.ts';
import { isConfig, rangeOf } from './documents.ts';
import type { SchemaSupport } from './schema-support.ts';
import { explanationUri } from './virtual-documents.ts';

/** Rest after the last key before a file is checked, ms. */
const PAUSE = 150;

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** Keeps the problems of all open configurations. */
export class Diagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('mdfe');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly client: LanguageClient;
  private readonly support: SchemaSupport;
  private readonly log: vscode.LogOutputChannel;
  private readonly subscriptions: vscode.Disposable;

  constructor(client: LanguageClient, support: SchemaSupport, log: vscode.LogOutputChannel) {
    this.client = client;
    this.support = support;
    this.log = log;
    const { workspace, window } = vscode;
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      workspace.onDidOpenTextDocument((document) => this.schedule(document, 0)),
      workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
      workspace.onDidSaveTextDocument((document) => this.schedule(document)),
      workspace.onDidCloseTextDocument((document) => this.close(document)),
      window.onDidChangeActiveTextEditor((editor) => editor && this.schedule(editor.document)),
      support.onDidChange(() => this.refresh()),
    );
    this.refresh();
  }

  /** Checks all open configurations, or one. */
  refresh(uri?: string): void {
    for (const document of vscode.workspace.textDocuments)
      if (uri === undefined || document.uri.toString() === uri) this.schedule(document, 0);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.subscriptions.dispose();
  }

  private schedule(document: vscode.TextDocument, pause = PAUSE): void {
    if (document.languageId !== 'yaml') return;
    const uri = document.uri.toString();
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        this.check(document).catch((error: unknown) => this.log.error(`diagnostics: ${String(error)}`));
      }, pause),
    );
  }

  private async check(document: vscode.TextDocument): Promise<void> {
    if (document.isClosed) return;
    if (!isConfig(document)) {
      this.collection.delete(document.uri);
      return;
    }
    const { version } = document;
    const problems = await this.client.about(document, 'diagnostics', { coverage: this.support.coverage });
    if (document.isClosed || document.version !== version) return;
    this.collection.set(
      document.uri,
      problems.map((problem) => toDiagnostic(document, problem)),
    );
  }

  private close(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.collection.delete(document.uri);
    this.client.forget(document);
  }
}

export function toDiagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const { range, code, severity, expected } = problem;
  const message = expected === undefined ? problem.message : `${problem.message}\nexpected: ${expected}`;
  const diagnostic = new vscode.Diagnostic(
    rangeOf(document, range.start.offset, range.end.offset),
    message,
    SEVERITY[severity],
  );
  diagnostic.source = 'mdfe';
  if (problem.related)
    diagnostic.relatedInformation = problem.related.map(({ range: { start, end }, message: about }) => {
      const place = new vscode.Location(document.uri, rangeOf(document, start.offset, end.offset));
      return new vscode.DiagnosticRelatedInformation(place, about);
    });
  diagnostic.code = { value: code, target: explanationUri(code) };
  if (code === 'config/ignored-key' || code === 'config/recomputed-key')
    diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}
