import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readClientSecret } from '../../drive/client-secret.ts';
import { explainDriveFailure } from '../../drive/errors.ts';
import { FULL_SCOPE, OWN_FILES_SCOPE } from '../../drive/scopes.ts';
import { signIn } from '../../drive/sign-in.ts';
import { FORM_TYPE, type PostForm } from '../../drive/token-server.ts';
import { classifyFailure } from '../../net/failure.ts';
import { forgetToken, keepToken } from './secret.ts';

const TITLE = 'MDFE: Sign in to Google Drive';
const CLIENT = join('credentials', 'client_secret.json');

/** Signs in with the user's browser; the sign-in goes into the editor's secret storage. */
export async function signInToDrive(secrets: vscode.SecretStorage): Promise<void> {
  const file = await chooseClient();
  if (file === undefined) return;
  const client = await readClientSecret(file);
  const scope = await choose('What MDFE may see', [
    {
      label: 'The whole Drive',
      detail: 'needed for GOOGLE_DRIVE.folder_id of a folder that you made',
      value: FULL_SCOPE,
    },
    { label: 'Only files that MDFE makes', detail: 'uploads go to the top folder', value: OWN_FILES_SCOPE },
  ]);
  if (scope === undefined) return;
  const share = await choose('Who may read uploaded models', [
    {
      label: 'Everyone who has the link',
      detail: "needed where Kaggle's notebook downloads from Drive",
      value: true,
    },
    { label: 'Only you', detail: 'share by hand in Google Drive', value: false },
  ]);
  if (share === undefined) return;
  const location = vscode.ProgressLocation.Notification;
  const cancelled = new AbortController();
  const answered = new vscode.CancellationTokenSource();
  const token = await vscode.window.withProgress(
    { location, title: TITLE, cancellable: true },
    (progress, stop) => {
      stop.onCancellationRequested(() => cancelled.abort());
      progress.report({ message: 'go on in the browser' });
      return signIn({
        client,
        scopes: [scope],
        share,
        post,
        openBrowser: async (url) => {
          await vscode.env.openExternal(vscode.Uri.parse(url, true));
        },
        reachedAs,
        pasted: (check) => askForAddress(check, answered.token),
        signal: cancelled.signal,
      })
        .catch((error: unknown) => {
          if (cancelled.signal.aborted && error === cancelled.signal.reason) return undefined;
          throw error;
        })
        .finally(() => answered.cancel());
    },
  );
  if (!token) return;
  await keepToken(secrets, token);
  void vscode.window.showInformationMessage(
    'MDFE is signed in to Google Drive. Runs that start from now on use it.',
  );
}

export async function signOutOfDrive(secrets: vscode.SecretStorage): Promise<void> {
  await forgetToken(secrets);
  void vscode.window.showInformationMessage(
    'MDFE has forgotten its sign-in. To withdraw the permission as well, remove MDFE on myaccount.google.com/permissions.',
  );
}

/** The OAuth client in the workspace, else one that the user shows. */
async function chooseClient(): Promise<string | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? [])
    if (existsSync(join(uri.fsPath, CLIENT))) return join(uri.fsPath, CLIENT);
  const chosen = await vscode.window.showOpenDialog({
    title: 'MDFE: OAuth Client (client_secret.json, type Desktop app)',
    filters: { JSON: ['json'] },
  });
  return chosen?.[0]?.fsPath;
}

async function choose<T>(
  placeHolder: string,
  items: readonly { readonly label: string; readonly detail: string; readonly value: T }[],
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { title: TITLE, placeHolder }))?.value;
}

/** With a remote workspace the editor forwards the port; Google takes loopback addresses only. */
async function reachedAs(address: string): Promise<string> {
  const forwarded = await vscode.env.asExternalUri(vscode.Uri.parse(address));
  const loopback =
    forwarded.scheme === 'http' &&
    /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(forwarded.authority) &&
    forwarded.path.replace('/', '') === ''; // not a path of a server that passes requests on
  return loopback ? `http://${forwarded.authority}` : address;
}

/** Only where the browser cannot reach this machine: the editor itself runs in a browser. */
async function askForAddress(
  check: (text: string) => string | undefined,
  answered: vscode.CancellationToken,
): Promise<void> {
  if (vscode.env.uiKind !== vscode.UIKind.Web) return;
  const address = await vscode.window.showInputBox(
    {
      title: TITLE,
      prompt:
        'If the browser ends at a page of 127.0.0.1 that it cannot show: paste the address of that page here.',
      ignoreFocusOut: true,
    },
    answered,
  );
  const problem = address === undefined ? undefined : check(address);
  if (problem !== undefined) await vscode.window.showErrorMessage(`MDFE: ${problem}`);
}

/** The editor's fetch: it knows the editor's proxy and certificates. */
const post: PostForm = async (url, body) => {
  try {
    const answer = await fetch(url, { method: 'POST', headers: FORM_TYPE, body, redirect: 'error' });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    throw explainDriveFailure(`sign-in at ${url.host}`)(classifyFailure(error, url.host));
  }
};
