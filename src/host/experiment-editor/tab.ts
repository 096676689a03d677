import * as vscode from 'vscode';

export const EXPERIMENT_EDITOR = 'mdfe.experimentEditor';

/** The file that an experiment editor's tab shows; undefined for other tabs. */
export function experimentTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  if (!(input instanceof vscode.TabInputCustom) || input.viewType !== EXPERIMENT_EDITOR) return undefined;
  return input.uri;
}
