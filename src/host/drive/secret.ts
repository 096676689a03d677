import type * as vscode from 'vscode';
import { TOKEN_VARIABLE } from '../../drive/find-credentials.ts';
import { type DriveToken, formatToken, parseToken } from '../../drive/token.ts';

const KEY = 'mdfe.driveToken';

export function keepToken(secrets: vscode.SecretStorage, token: DriveToken): Thenable<void> {
  return secrets.store(KEY, formatToken(token));
}

export function forgetToken(secrets: vscode.SecretStorage): Thenable<void> {
  return secrets.delete(KEY);
}

/** The editor's sign-in; undefined where nobody has signed in. */
export async function readSignIn(secrets: vscode.SecretStorage): Promise<DriveToken | undefined> {
  const token = await secrets.get(KEY);
  return token === undefined ? undefined : parseToken(token, "the editor's secret storage");
}

export async function isSignedIn(secrets: vscode.SecretStorage): Promise<boolean> {
  return (await secrets.get(KEY)) !== undefined;
}

export function onDidChangeSignIn(secrets: vscode.SecretStorage, changed: () => void): vscode.Disposable {
  return secrets.onDidChange(({ key }) => {
    if (key === KEY) changed();
  });
}

/** What hands the editor's sign-in to a process that trains or uploads; nothing where nobody has signed in. */
export async function driveEnvironment(secrets: vscode.SecretStorage): Promise<Record<string, string>> {
  const token = await secrets.get(KEY);
  return token === undefined ? {} : { [TOKEN_VARIABLE]: token };
}
