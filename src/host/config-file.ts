import * as vscode from 'vscode';
import { hasSweep } from '../language/code-lenses.ts';
import { looksLikeConfig } from '../language/is-config.ts';
import { experimentTab } from './experiment-editor/tab.ts';

const HEAD = 64 * 1024; // characters looked at
const IS_CONFIG = 'mdfe.isConfig';
const HAS_SWEEP = 'mdfe.hasSweep';

/** Keeps the context keys that show the buttons in the title bar of configuration files. */
export function watchActiveConfig(): vscode.Disposable {
  const shown = new Map<string, boolean>();
  const show = (key: string, now: boolean) => {
    if (shown.get(key) === now) return;
    shown.set(key, now);
    void vscode.commands.executeCommand('setContext', key, now);
  };
  const update = () => {
    const isConfig = activeConfig() !== undefined;
    show(IS_CONFIG, isConfig);
    show(HAS_SWEEP, isConfig && hasSweep(activeDocument()?.getText() ?? ''));
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.window.tabGroups.onDidChangeTabGroups(update),
    vscode.workspace.onDidOpenTextDocument(update), // after its tab when the window was reloaded
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === activeDocument()) update();
    }),
  );
}

/** Of the text editor or experiment editor that is in front. */
export function activeDocument(): vscode.TextDocument | undefined {
  const { activeTextEditor, tabGroups } = vscode.window;
  const shown = experimentTab(tabGroups.activeTabGroup.activeTab)?.toString();
  if (shown === undefined) return activeTextEditor?.document;
  return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === shown);
}

/** The configuration in the active editor. */
export function activeConfig(): vscode.Uri | undefined {
  const document = activeDocument();
  if (document?.uri.scheme !== 'file' || !/\.ya?ml$/i.test(document.uri.path)) return undefined;
  const end = document.positionAt(HEAD);
  const head = document.getText(new vscode.Range(new vscode.Position(0, 0), end));
  return looksLikeConfig(document.uri.path, head) ? document.uri : undefined;
}

/** The configuration that a command is about: the one named, else the active editor's, else one chosen from the workspace. */
export async function chooseConfig(named: unknown, title = 'MDFE: Train'): Promise<vscode.Uri | undefined> {
  if (named instanceof vscode.Uri) return named;
  const active = activeConfig();
  if (active) return active;
  const files = await vscode.workspace.findFiles(
    '**/configs/**/*.{yaml,yml}',
    '**/{node_modules,results}/**',
    500,
  );
  const items = files
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const browse = { label: '$(folder-opened) Browse...', uri: undefined };
  const chosen = await vscode.window.showQuickPick([...items, browse], {
    title,
    placeHolder: 'Configuration',
  });
  if (!chosen) return undefined;
  if (chosen.uri) return chosen.uri;
  const opened = await vscode.window.showOpenDialog({
    title: 'MDFE: Configuration',
    filters: { YAML: ['yaml', 'yml'] },
  });
  return opened?.[0];
}

/** The command line reads the file on disk: unsaved changes must be saved first. False: the user does not want to. */
export async function saveFirst(config: vscode.Uri, save = 'Save and Train'): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === config.toString());
  if (!document?.isDirty) return true;
  const chosen = await vscode.window.showWarningMessage(
    `${vscode.workspace.asRelativePath(config)} has unsaved changes. MDFE reads the file on disk.`,
    { modal: true },
    save,
  );
  return chosen === save && document.save();
}
