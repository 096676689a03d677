import { Buffer } from 'node:buffer';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { curvesCsv } from '../run/curves-csv.ts';
import { chooseRun } from './choose-run.ts';
import type { Parts } from './parts.ts';

const TITLE = 'MDFE: Export Curves';

/**
 * The curves of a run as a file or in the clipboard.
 *
 * @param png the loss chart as the panel shows it, base64; only the panel has it
 */
export async function exportCurves({ store, panels }: Parts, named: unknown, png?: unknown): Promise<void> {
  const runId = await chooseRun(
    store,
    named ?? panels.shownRun,
    () => true,
    TITLE,
    'MDFE: there are no runs yet.',
  );
  if (runId === undefined) return;
  const csv = async () => {
    const monitor = store.follow(runId);
    await monitor.loaded;
    const text = curvesCsv(monitor.history);
    if (runId !== panels.shownRun) store.release(runId);
    return text;
  };
  const ways = [
    { label: '$(save) Save as CSV...', detail: 'step, loss and learning rate, a line a step', run: saveCsv },
    { label: '$(copy) Copy as CSV', detail: 'The same into the clipboard', run: copyCsv },
    ...(typeof png === 'string'
      ? [{ label: '$(file-media) Save Loss Chart as PNG...', detail: 'As it is seen now', run: savePng }]
      : []),
  ];
  const chosen = await vscode.window.showQuickPick(ways, { title: TITLE, placeHolder: basename(runId) });
  await chosen?.run();

  async function saveCsv(): Promise<void> {
    await save(runId!, 'csv', 'CSV', Buffer.from(await csv()));
  }
  async function copyCsv(): Promise<void> {
    await vscode.env.clipboard.writeText(await csv());
    vscode.window.setStatusBarMessage('MDFE: the curves are in the clipboard', 4000);
  }
  async function savePng(): Promise<void> {
    await save(runId!, 'png', 'PNG', Buffer.from(String(png), 'base64'));
  }
}

async function save(runId: string, extension: string, kind: string, bytes: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(runId);
  const target = await vscode.window.showSaveDialog({
    title: TITLE,
    defaultUri: vscode.Uri.joinPath(folder, `${basename(runId)}.${extension}`),
    filters: { [kind]: [extension] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, bytes);
  vscode.window.setStatusBarMessage(`MDFE: wrote ${basename(target.fsPath)}`, 4000);
}
