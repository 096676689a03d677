import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { MdfeError } from '../../common/errors.ts';
import { choose } from '../action.ts';
import { readSignIn } from '../drive/secret.ts';
import type { Parts } from '../parts.ts';
import { chooseNotebook } from './open-notebook.ts';
import { runTask } from './run-with-progress.ts';

const TITLE = 'MDFE: Upload to Google Drive';

/** Uploads a package's archive, after saying who will be able to read it. */
export async function uploadToDrive(parts: Parts, named: unknown): Promise<void> {
  const zip = await chooseZip(parts, named);
  if (zip === undefined) return;
  const token = await readSignIn(parts.secrets);
  if (!token) {
    const signIn = { title: 'Sign in', run: () => vscode.commands.executeCommand('mdfe.driveSignIn') };
    return choose(vscode.window.showInformationMessage, 'MDFE is not signed in to Google Drive.', [signIn]);
  }
  const access = await chooseAccess(basename(zip), token.share);
  if (access === undefined) return;
  const name = basename(zip);
  const printed = await runTask(
    parts,
    `MDFE: uploading ${name} to Google Drive`,
    (args, hooks) => parts.trainer.driveTask(args, hooks),
    ['upload', zip, access, '--json-progress'],
  );
  if (printed === undefined) return;
  await choose(
    vscode.window.showInformationMessage,
    `${name} is in Google Drive, and its link in the notebook.`,
    [{ title: 'Show Log', run: () => parts.log.show() }],
  );
}

async function chooseZip(parts: Parts, named: unknown): Promise<string | undefined> {
  if (typeof named === 'string' && named.endsWith('.zip')) return named;
  const notebook = await chooseNotebook(parts, named, TITLE);
  if (!notebook) return undefined;
  // Beside the notebook of a run; a zero-shot model's notebook has a folder of its own.
  const places = [notebook.kernelDir, dirname(notebook.kernelDir)];
  const zip = places.map((place) => join(place, `${notebook.name}.zip`)).find(existsSync);
  if (zip !== undefined) return zip;
  throw new MdfeError({
    code: 'package/no-zip',
    what: 'the archive of this package is not here any more',
    where: notebook.kernelDir,
    expected: `${notebook.name}.zip`,
    todo: 'package again: MDFE: Package Model',
  });
}

/** The option for `mdfe upload`, the way that was chosen at the sign-in first. */
async function chooseAccess(name: string, share: boolean): Promise<string | undefined> {
  const shared = { title: 'Upload, Readable by Link', option: '--share' };
  const privately = { title: 'Upload Privately', option: '--private' };
  const chosen = await vscode.window.showWarningMessage(
    `Upload ${name} to Google Drive?`,
    {
      modal: true,
      detail:
        "Kaggle's notebook can download it only where everyone who has the link may read it. Otherwise only you can. " +
        `At the sign-in you chose ${share ? 'the link' : 'to keep uploads private'}.`,
    },
    ...(share ? [shared, privately] : [privately, shared]),
  );
  return chosen?.option;
}
