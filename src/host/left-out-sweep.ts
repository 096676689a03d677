import { basename } from 'node:path';
import * as vscode from 'vscode';
import { hasSweep } from '../language/code-lenses.ts';
import { choose } from './action.ts';

/** A single run of a configuration with a SWEEP section leaves that out: says so, with the way to the sweep. */
export async function tellLeftOutSweep(config: vscode.Uri, trainSweep: () => unknown): Promise<void> {
  const document = await vscode.workspace.openTextDocument(config);
  if (!hasSweep(document.getText())) return;
  await choose(
    vscode.window.showInformationMessage,
    `${basename(config.fsPath)} has a SWEEP section. MDFE: Train leaves it out and trains a single run.`,
    [{ title: 'Stop It and Train the Sweep', run: trainSweep }],
  );
}
