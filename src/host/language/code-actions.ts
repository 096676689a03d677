import * as vscode from 'vscode';
import type { ProblemCode } from '../../config/problem-codes.ts';
import type { TextEdit } from '../../language/edits.ts';
import type { QuickFix } from '../../language/quick-fixes.ts';
import type { LanguageClient } from './client.ts';
import { toDiagnostic } from './diagnostics.ts';
import { isConfig, rangeOf } from './documents.ts';

const { QuickFix: QUICK_FIX, SourceFixAll } = vscode.CodeActionKind;

/** For the setting `editor.codeActionsOnSave`. */
const FIX_ALL = SourceFixAll.append('mdfe');

export const CODE_ACTION_KINDS: vscode.CodeActionProviderMetadata = {
  providedCodeActionKinds: [QUICK_FIX, FIX_ALL],
};

/** All problems of a code; what it changes is worked out when it is chosen. */
class FixKind extends vscode.CodeAction {
  readonly document: vscode.TextDocument;
  readonly problemCode: ProblemCode;

  constructor(document: vscode.TextDocument, problemCode: ProblemCode) {
    super(`Fix all problems of this kind (${problemCode})`, QUICK_FIX);
    this.document = document;
    this.problemCode = problemCode;
  }
}

/** Quick fixes at the cursor, one for all problems of their kind, and what can be done while saving. */
export class CodeActions implements vscode.CodeActionProvider {
  private readonly client: LanguageClient;

  constructor(client: LanguageClient) {
    this.client = client;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[] | undefined> {
    if (!isConfig(document)) return undefined;
    if (only && FIX_ALL.intersects(only)) return this.whileSaving(document);
    const fixes = await this.client.about(document, 'quickFixes', {});
    const here = fixes.filter(({ problem }) => toDiagnostic(document, problem).range.intersection(range));
    const codes = new Set(here.map(({ problem }) => problem.code));
    const repeated = [...codes].filter((code) => placesOf(fixes, code) > 1);
    return [
      ...here.map((fix) => toCodeAction(document, fix)),
      ...repeated.map((code) => new FixKind(document, code)),
    ];
  }

  async resolveCodeAction(action: vscode.CodeAction): Promise<vscode.CodeAction> {
    if (action instanceof FixKind) {
      const { document, problemCode } = action;
      const edits = await this.client.about(document, 'fixAll', { code: problemCode });
      action.edit = workspaceEdit(document, edits);
    }
    return action;
  }

  private async whileSaving(document: vscode.TextDocument): Promise<vscode.CodeAction[]> {
    const edits = await this.client.about(document, 'fixAll', {});
    if (edits.length === 0) return [];
    const action = new vscode.CodeAction('Fix what changes nothing that is trained', FIX_ALL);
    action.edit = workspaceEdit(document, edits);
    return [action];
  }
}

/** Problems of a code that an edit solves. */
function placesOf(fixes: readonly QuickFix[], code: ProblemCode): number {
  const solved = fixes.filter(({ problem, edits }) => problem.code === code && edits.length > 0);
  return new Set(solved.map(({ problem }) => problem.range.start.offset)).size;
}

function toCodeAction(document: vscode.TextDocument, fix: QuickFix): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, QUICK_FIX);
  action.diagnostics = [toDiagnostic(document, fix.problem)];
  action.isPreferred = fix.title.startsWith('Change to');
  if (fix.edits.length > 0) action.edit = workspaceEdit(document, fix.edits);
  if (fix.command) {
    const { id } = fix.command;
    const given = fix.command.arguments;
    const args = id === 'vscode.open' ? given.map((address) => vscode.Uri.parse(address)) : [...given];
    action.command = { title: fix.title, command: id, arguments: args };
  }
  return action;
}

function workspaceEdit(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, newText } of edits)
    edit.replace(document.uri, rangeOf(document, start, end), newText);
  return edit;
}
