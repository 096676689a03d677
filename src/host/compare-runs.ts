import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type RunStore, statusWords } from './run-store.ts';

/**
 * Asks which runs to draw beside the one that is shown: those of its sweep first. Undefined: cancelled.
 *
 * @param compared already
 */
export async function chooseComparison(
  store: RunStore,
  shown: string,
  compared: readonly string[],
): Promise<string[] | undefined> {
  const runs = await store.list();
  const sweep = runs.find((run) => run.runId === shown)?.sweep?.name;
  const others = runs.filter((run) => run.runId !== shown);
  if (others.length === 0) {
    void vscode.window.showInformationMessage('MDFE: there is no other run to compare with.');
    return undefined;
  }
  const isNear = (run: (typeof runs)[number]) => sweep !== undefined && run.sweep?.name === sweep;
  const items = [...others.filter(isNear), ...others.filter((run) => !isNear(run))].map((run) => ({
    label: isNear(run) ? run.sweep!.label : run.name,
    description: statusWords[run.status],
    detail: new Date(run.created).toLocaleString(),
    picked: compared.includes(run.runId),
    runId: run.runId,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'MDFE: Compare Runs',
    placeHolder: `Runs whose loss is drawn beside that of ${basename(shown)}; none: no comparison`,
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen?.map((item) => item.runId);
}
