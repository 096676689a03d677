import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { type Circumstances, NODE_SETTING, type Remedy, remediesFor, remedyTitles } from '../run/remedies.ts';
import type { Action } from './action.ts';
import { openAt } from './open.ts';

/** Remedies that start something again, by those who started it. */
export type Retries = Partial<Record<'leaveOutImages' | 'chooseData' | 'chooseWeights', () => unknown>>;

/** Buttons of a notification about a failure. A remedy that needs a retry is left out where there is none. */
export function remedyActions(message: string, circumstances: Circumstances, retries: Retries): Action[] {
  return remediesFor(message, circumstances).flatMap((remedy) => {
    const run = actionOf(remedy, message, retries);
    return run ? [{ title: titleOf(remedy, message), run }] : [];
  });
}

/** What remedies go by, of a run. */
export function circumstancesOf(runDir: string, dataDir: string | undefined): Circumstances {
  return { dataDir, outputDir: dirname(runDir) };
}

function titleOf(remedy: Remedy, message: string): string {
  return remedy === 'openPlace' ? `${remedyTitles.openPlace} ${openAt(message)?.line}` : remedyTitles[remedy];
}

/** What a button does; undefined where nobody can start again what failed. */
export function actionOf(remedy: Remedy, message: string, retries: Retries): (() => unknown) | undefined {
  switch (remedy) {
    case 'openPlace':
      return openAt(message)?.open;
    case 'showProblems':
      return () => vscode.commands.executeCommand('workbench.actions.view.problems');
    case 'openNodeSetting':
      return () => openSetting(NODE_SETTING);
    case 'openDeviceSetting':
      return () => openSetting('mdfe.device');
    case 'openOutputSetting':
      return () => openSetting('mdfe.outputDir');
    case 'leaveOutImages':
    case 'chooseData':
    case 'chooseWeights':
      return retries[remedy];
  }
}

/** Where its value comes from. Of a remote window, the user's own settings leave out those of a machine. */
function openSetting(name: string): Thenable<unknown> {
  const inWorkspace = vscode.workspace.getConfiguration().inspect(name)?.workspaceValue !== undefined;
  const settings = inWorkspace ? 'WorkspaceSettings' : vscode.env.remoteName ? 'RemoteSettings' : 'Settings';
  return vscode.commands.executeCommand(`workbench.action.open${settings}`, { query: `@id:${name}` });
}
