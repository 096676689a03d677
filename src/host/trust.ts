import * as vscode from 'vscode';

/** Training and packaging run code and read files that the workspace names. */
export function mayTrain(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window
    .showErrorMessage('MDFE trains and packages in trusted workspaces only.', 'Manage Trust')
    .then((chosen) => {
      if (chosen) void vscode.commands.executeCommand('workbench.trust.manage');
    });
  return false;
}
