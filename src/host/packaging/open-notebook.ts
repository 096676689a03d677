import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { zeroShotFolder } from './choices.ts';
import { findNotebooks, type PackagedNotebook } from './notebooks.ts';

const PACKAGE = 'Package Model';

/** In the notebook editor, or as text where there is none. */
export async function openKaggleNotebook(parts: Parts, named: unknown): Promise<void> {
  const notebook = await chooseNotebook(parts, named, 'MDFE: Open Kaggle Notebook');
  if (notebook) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(notebook.file));
}

/** The notebook of a run or package, or of all that this window knows; offers to make one where there is none. */
export async function chooseNotebook(
  { store }: Pick<Parts, 'store'>,
  named: unknown,
  title: string,
): Promise<PackagedNotebook | undefined> {
  const found = findNotebooks(typeof named === 'string' ? [named] : await everywhere(store));
  if (found.length === 0) {
    const text = 'MDFE: there is no Kaggle notebook yet. Packaging a model for PyTorch writes one.';
    void vscode.window.showInformationMessage(text, PACKAGE).then((chosen) => {
      if (chosen === PACKAGE)
        void vscode.commands.executeCommand('mdfe.package', ...(typeof named === 'string' ? [named] : []));
    });
    return undefined;
  }
  if (found.length === 1) return found[0];
  const items = found.map((notebook) => ({
    label: notebook.name,
    description: new Date(notebook.modified).toLocaleString(),
    detail: vscode.workspace.asRelativePath(notebook.kernelDir),
    notebook,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Package' }))?.notebook;
}

async function everywhere(store: Parts['store']): Promise<string[]> {
  const runs = (await store.list()).map((run) => run.runId);
  const outputs = vscode.workspace.workspaceFolders?.map((f) => readSettings(f.uri).outputDir) ?? [];
  return [...runs, ...outputs.map(zeroShotFolder)];
}
