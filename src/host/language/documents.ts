import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { looksLikeConfig, looksLikeConfigText } from '../../language/is-config.ts';
import { knownDataFolder } from '../data-folder.ts';
import { readSettings } from '../settings.ts';
import type { Folders } from './protocol.ts';

const HEAD = 64 * 1024; // characters looked at

/** Documents that may be configurations. */
export const SELECTOR: vscode.DocumentSelector = [
  { language: 'yaml', scheme: 'file' },
  { language: 'yaml', scheme: 'untitled' },
];

export function isConfig(document: vscode.TextDocument): boolean {
  const { uri, languageId } = document;
  if (languageId !== 'yaml' || (uri.scheme !== 'file' && uri.scheme !== 'untitled')) return false;
  const head = document.getText(new vscode.Range(0, 0, document.positionAt(HEAD).line + 1, 0));
  return uri.scheme === 'untitled' ? looksLikeConfigText(head) : looksLikeConfig(uri.path, head);
}

/** Where relative paths count from: the workspace folder, else that of the file. */
export function foldersOf(resource: vscode.Uri, memory: vscode.Memento): Folders {
  const dataRoot = knownDataFolder(memory, resource);
  const folder = vscode.workspace.getWorkspaceFolder(resource) ?? vscode.workspace.workspaceFolders?.[0];
  const workspace = folder?.uri.fsPath ?? dirname(resource.fsPath);
  const { outputDir } = readSettings(resource);
  return { workspace, outputDir, ...(dataRoot !== undefined && { dataRoot }) };
}

export function rangeOf(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
