import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { readSettings } from './settings.ts';

const KEY = 'mdfe.dataFolder';

const chosenAnew = new vscode.EventEmitter<void>();
/** The user has chosen another data folder. */
export const onDidChooseDataFolder = chosenAnew.event;

/** The setting, else what was chosen in this workspace; it may not exist any more. */
export function knownDataFolder(memory: vscode.Memento, config?: vscode.Uri): string | undefined {
  return readSettings(config).dataDir ?? memory.get<string>(KEY);
}

/** The data folder: the one that is known, else asked for. Undefined: cancelled. */
export async function dataFolder(memory: vscode.Memento, config: vscode.Uri): Promise<string | undefined> {
  const set = knownDataFolder(memory, config);
  if (set !== undefined && existsSync(set)) return set;
  return chooseDataFolder(memory, set === undefined ? undefined : `${set} does not exist any more`, config);
}

/** Asks, and remembers the answer for this workspace. */
export async function chooseDataFolder(
  memory: vscode.Memento,
  reason?: string,
  config?: vscode.Uri,
): Promise<string | undefined> {
  const folder = await askForDataFolder(reason, memory.get<string>(KEY));
  if (folder === undefined) return undefined;
  await memory.update(KEY, folder);
  // A setting wins over what was chosen before: it must not win over what is chosen now.
  if (readSettings(config).dataDir !== undefined) {
    const { Global, Workspace } = vscode.ConfigurationTarget;
    const target = vscode.workspace.workspaceFolders ? Workspace : Global;
    await vscode.workspace.getConfiguration('mdfe', config).update('dataDir', folder, target);
  }
  chosenAnew.fire();
  return folder;
}

/** Asks, for this once. */
export async function askForDataFolder(reason?: string, before?: string): Promise<string | undefined> {
  const start =
    before !== undefined && existsSync(before)
      ? vscode.Uri.file(before)
      : vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: reason === undefined ? 'MDFE: Data Folder' : `MDFE: Data Folder (${reason})`,
    openLabel: 'Use as Data Folder',
    canSelectFiles: false,
    canSelectFolders: true,
    ...(start && { defaultUri: start }),
  });
  return chosen?.[0]?.fsPath;
}
