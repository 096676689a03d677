import { basename } from 'node:path';
import * as vscode from 'vscode';
import { CONFIG_MARK } from '../../language/is-config.ts';
import { activeDocument } from '../config-file.ts';
import type { LanguageClient } from './client.ts';
import { isConfig } from './documents.ts';
import { createExperiment } from './new-experiment.ts';
import type { Folders } from './protocol.ts';
import { mergedUri, PLAIN_DEFAULTS_URI } from './virtual-documents.ts';

/** Commands on the text of configurations; the argument is a file's Uri, or nothing for the active editor. */
export function registerLanguageCommands(
  client: LanguageClient,
  foldersOf: (resource: vscode.Uri) => Folders,
): vscode.Disposable {
  const register = (name: string, run: (uri: vscode.Uri) => Thenable<unknown>) =>
    vscode.commands.registerCommand(name, (named: unknown) => {
      const uri = named instanceof vscode.Uri ? named : activeDocument()?.uri;
      if (uri) return run(uri);
      return vscode.window.showInformationMessage('MDFE: open a configuration first.');
    });
  return vscode.Disposable.from(
    register('mdfe.showEffectiveConfig', (uri) =>
      vscode.window.showTextDocument(mergedUri('effective', uri), {
        preview: true,
        viewColumn: vscode.ViewColumn.Beside,
      }),
    ),
    register('mdfe.diffWithDefaults', (uri) =>
      diff(PLAIN_DEFAULTS_URI, uri, `Defaults and ${basename(uri.path)}`),
    ),
    register('mdfe.diffWithConfig', diffWithConfig),
    register('mdfe.markConfig', markConfig),
    vscode.commands.registerCommand('mdfe.newExperiment', () => createExperiment(client, foldersOf)),
  );
}

async function diffWithConfig(uri: vscode.Uri): Promise<void> {
  const files = await vscode.workspace.findFiles('**/*.{yaml,yml}', '**/node_modules/**', 1000);
  const items = files
    .filter((file) => file.toString() !== uri.toString())
    .map((file) => ({ label: vscode.workspace.asRelativePath(file), file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `MDFE: Diff ${basename(uri.path)} with Another Configuration`,
  });
  if (!chosen) return;
  const title = `${chosen.label} and ${vscode.workspace.asRelativePath(uri)}`;
  await diff(mergedUri('resolved', chosen.file), uri, title);
}

/** Compares effective values, so that order, comments and spelling do not count. */
function diff(left: vscode.Uri, config: vscode.Uri, title: string): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.diff', left, mergedUri('resolved', config), title);
}

/** Puts the comment at the top that makes a file a configuration for everyone who opens it. */
async function markConfig(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.languageId !== 'yaml') {
    void vscode.window.showErrorMessage('MDFE: a configuration is a YAML file.');
    return;
  }
  if (isConfig(document)) {
    void vscode.window.showInformationMessage('MDFE: this file is treated as a configuration already.');
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), `${CONFIG_MARK}\n`);
  await vscode.workspace.applyEdit(edit);
}
