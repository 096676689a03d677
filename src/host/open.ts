import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { findLocation } from '../run/error-location.ts';
import { logFile, runFile } from '../run/paths.ts';
import { readRunRecord, requireRunRecord } from '../run/reader.ts';

/** The way to the line that a message names. */
export function openAt(message: string): { line: number; open: () => Thenable<unknown> } | undefined {
  const found = findLocation(message);
  if (!found) return undefined;
  const position = new vscode.Position(found.line - 1, found.column - 1);
  return {
    line: found.line,
    open: () => openFile(found.file, { selection: new vscode.Range(position, position) }),
  };
}

async function openFile(path: string, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
  if (existsSync(path))
    await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false, ...options });
  else tellMissing(path);
}

/** Files that messages and records name may be gone. */
function tellMissing(path: string): void {
  void vscode.window.showWarningMessage(`MDFE: ${path} is not there.`);
}

/** The configuration that the user edits, or the run's own copy when that one is gone. */
export function openRunConfig(runDir: string): Thenable<unknown> {
  const written = readRunRecord(runDir)?.configFile;
  return openFile(written && existsSync(written) ? written : runFile(runDir, 'config'), {
    viewColumn: vscode.ViewColumn.One,
  });
}

export function openRunLog(runDir: string): Thenable<unknown> {
  const { name } = requireRunRecord(runDir);
  return openFile(logFile(runDir, name), { viewColumn: vscode.ViewColumn.One });
}

/** A file that a message about a run names: in full, or as it lies in the data or in the run folder. */
export async function openFileOf(runDir: string, path: string): Promise<void> {
  const { dataDir } = requireRunRecord(runDir);
  const places = [dataDir, runDir].map((folder) => resolve(folder, path));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) return tellMissing(places[0]!);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(found), vscode.ViewColumn.Beside);
}

/** In the explorer where the workspace holds the file, else in the system's file manager. */
export function reveal(path: string): Thenable<unknown> {
  const uri = vscode.Uri.file(path);
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  return vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}

export function revealFolder(runDir: string): Thenable<unknown> {
  return reveal(runFile(runDir, 'record'));
}
