import * as vscode from 'vscode';
import { activeDocument } from '../config-file.ts';
import type { LanguageClient } from '../language/client.ts';
import { panelHtml } from '../panel-html.ts';
import { ExperimentSession } from './session.ts';
import { EXPERIMENT_EDITOR, experimentTab } from './tab.ts';

interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly client: LanguageClient;
  readonly log: vscode.LogOutputChannel;
  readonly schemaFile: vscode.Uri;
  /** What is known beyond the texts: the data folder, the machine, the settings. */
  readonly factsChanged: vscode.Event<void>;
}

/** A configuration's text in Monaco, beside forms and a live preview; and the way there and back. */
export function registerExperimentEditor(parts: Parts): vscode.Disposable {
  const { extensionUri, globalState } = parts.context;
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(
      EXPERIMENT_EDITOR,
      {
        async resolveCustomTextEditor(document, panel) {
          const schema: object = JSON.parse(
            new TextDecoder().decode(await vscode.workspace.fs.readFile(parts.schemaFile)),
          );
          const session = new ExperimentSession(document, panel, { ...parts, schema, memory: globalState });
          panel.onDidDispose(() => session.dispose());
          panel.webview.options = {
            enableScripts: true,
            localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
          };
          panel.webview.html = panelHtml(panel.webview, extensionUri, 'editor', 'MDFE Experiment Editor', {
            monaco: true,
            first: true,
            loading: 'Loading the experiment editor...',
          });
        },
      },
      { supportsMultipleEditorsPerDocument: true },
    ),
    vscode.commands.registerCommand('mdfe.openExperimentEditor', (named: unknown) =>
      openWith(named, EXPERIMENT_EDITOR),
    ),
    vscode.commands.registerCommand('mdfe.openAsText', (named: unknown) => openWith(named, 'default')),
  );
}

/** In the place of the tab in front, if that is the same file without changes; else beside it. */
async function openWith(named: unknown, editor: string): Promise<void> {
  const uri = named instanceof vscode.Uri ? named : activeDocument()?.uri;
  if (!uri) {
    void vscode.window.showInformationMessage('MDFE: open a configuration first.');
    return;
  }
  const { tabGroups } = vscode.window;
  const { activeTab } = tabGroups.activeTabGroup;
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
  const shown = experimentTab(activeTab) ?? textTab(activeTab);
  const isOther = activeTab !== undefined && activeTab !== tabGroups.activeTabGroup.activeTab;
  if (isOther && !activeTab.isDirty && shown?.toString() === uri.toString())
    await tabGroups.close(activeTab, true);
}

function textTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  return tab?.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
}
