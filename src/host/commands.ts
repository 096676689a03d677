import * as vscode from 'vscode';
import { describeError, MdfeError } from '../common/errors.ts';
import { shortMessage } from '../run/error-location.ts';
import { chooseRun } from './choose-run.ts';
import { chooseDataFolder } from './data-folder.ts';
import { signInToDrive, signOutOfDrive } from './drive/sign-in.ts';
import { evaluate } from './evaluate.ts';
import { exportCurves } from './export-curves.ts';
import { tellFailure } from './notifications.ts';
import { openFileOf, openRunConfig, openRunLog, revealFolder } from './open.ts';
import { openKaggleNotebook } from './packaging/open-notebook.ts';
import { createZeroShot, packageModel } from './packaging/package-model.ts';
import { publishToKaggle } from './packaging/publish.ts';
import { uploadToDrive } from './packaging/upload-to-drive.ts';
import type { Parts } from './parts.ts';
import { TaskFailed } from './task.ts';
import { remedy, resume, stop, train, trainSweep } from './training-commands.ts';
import { mayTrain } from './trust.ts';

type CommandOf = (parts: Parts, argument: unknown, more?: unknown) => Promise<unknown>;

/** Every command; the argument is a configuration's Uri or a run folder, or nothing. */
const commands: Readonly<Record<string, CommandOf>> = {
  'mdfe.train': train,
  'mdfe.trainSweep': trainSweep,
  'mdfe.evaluate': trusted(evaluate),
  'mdfe.stop': stop,
  'mdfe.resume': resume,
  'mdfe.remedy': remedy,
  'mdfe.openFileOfRun': openFileOfRun,
  'mdfe.openPanel': async ({ panels }, runId) => panels.open(typeof runId === 'string' ? runId : null),
  'mdfe.compareRuns': ({ panels }) => panels.compare(),
  'mdfe.exportCurves': exportCurves,
  'mdfe.exploreRetrieval': async ({ retrieval }, runId) => {
    if (mayTrain()) await retrieval.explore(runId);
  },
  'mdfe.showRunFolder': (parts, runId) => withRun(parts, runId, revealFolder),
  'mdfe.openRunConfig': (parts, runId) => withRun(parts, runId, openRunConfig),
  'mdfe.openRunLog': (parts, runId) => withRun(parts, runId, openRunLog),
  'mdfe.package': trusted(packageModel),
  'mdfe.zeroShot': trusted(createZeroShot),
  'mdfe.openKaggleNotebook': openKaggleNotebook,
  'mdfe.publishToKaggle': trusted(publishToKaggle),
  'mdfe.uploadToDrive': trusted(uploadToDrive),
  'mdfe.driveSignIn': async ({ secrets }) => {
    if (mayTrain()) await signInToDrive(secrets);
  },
  'mdfe.driveSignOut': ({ secrets }) => signOutOfDrive(secrets),
  'mdfe.doctor': doctor,
  'mdfe.selectDataFolder': ({ memory }) => chooseDataFolder(memory),
};

export function registerCommands(parts: Parts): vscode.Disposable {
  const register = ([name, run]: [string, CommandOf]) =>
    vscode.commands.registerCommand(name, async (argument: unknown, more: unknown) => {
      try {
        return await run(parts, argument, more);
      } catch (error) {
        parts.log.error(`${name}: ${describeError(error)}`);
        const ours = error instanceof MdfeError || error instanceof TaskFailed;
        const text = ours ? error.message : describeError(error);
        await tellFailure(shortMessage(text), text);
        return undefined;
      }
    });
  return vscode.Disposable.from(...Object.entries(commands).map(register));
}

/** A file that the panel shows a link to: an image of the data, say. */
async function openFileOfRun(_parts: Parts, runId: unknown, path: unknown): Promise<void> {
  if (typeof runId === 'string' && typeof path === 'string') await openFileOf(runId, path);
}

async function withRun(
  { store }: Parts,
  named: unknown,
  action: (runDir: string) => Thenable<unknown>,
): Promise<void> {
  const runId = await chooseRun(store, named, () => true, 'MDFE', 'MDFE: there are no runs yet.');
  if (runId !== undefined) await action(runId);
}

async function doctor({ trainer, reports }: Parts): Promise<void> {
  const location = vscode.ProgressLocation.Notification;
  const report = await vscode.window.withProgress({ location, title: 'MDFE: looking at this machine' }, () =>
    trainer.print('doctor'),
  );
  await reports.show('MDFE Doctor', report);
}

function trusted(command: CommandOf): CommandOf {
  return async (parts, argument) => (mayTrain() ? command(parts, argument) : undefined);
}
