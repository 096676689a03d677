import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../common/bytes.ts';
import { MdfeError } from '../../common/errors.ts';
import type { PackageReport } from '../../package/report.ts';
import { shortMessage } from '../../run/error-location.ts';
import { readRunRecord } from '../../run/reader.ts';
import { type Action, choose } from '../action.ts';
import { chooseRun } from '../choose-run.ts';
import { chooseConfig, saveFirst } from '../config-file.ts';
import { isSignedIn } from '../drive/secret.ts';
import { reveal } from '../open.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { TaskFailed } from '../task.ts';
import {
  type CheckpointChoice,
  checkpointChoices,
  FORMATS,
  type FormatChoice,
  packageArguments,
  zeroShotArguments,
} from './choices.ts';
import { runTask } from './run-with-progress.ts';

const TITLE = 'MDFE: Package Model';
const ZERO_SHOT = 'MDFE: Create Zero-Shot Model';

/** Packages a run: the one named, else that of the panel, else one that is chosen. */
export async function packageModel(parts: Parts, named: unknown): Promise<void> {
  const { store, panels } = parts;
  const wanted = named ?? panels.shownRun;
  const runId = await chooseRun(
    store,
    wanted,
    (run) => hasCheckpoint(run.runId),
    TITLE,
    'MDFE: no run has a checkpoint yet.',
  );
  if (runId === undefined) return;
  const checkpoint = await chooseCheckpoint(parts, runId);
  const format = checkpoint && (await chooseFormat(TITLE));
  if (!checkpoint || !format) return;
  await make(parts, `MDFE: packaging ${basename(runId)}`, packageArguments(runId, checkpoint, format));
}

/** Packages a configuration's backbone with an untrained neck. */
export async function createZeroShot(parts: Parts, named: unknown): Promise<void> {
  const config = await chooseConfig(named, ZERO_SHOT);
  if (!config || !(await saveFirst(config, 'Save and Go On'))) return;
  const format = await chooseFormat(ZERO_SHOT);
  if (!format) return;
  const title = `MDFE: zero-shot model of ${vscode.workspace.asRelativePath(config)}`;
  await make(parts, title, zeroShotArguments(config.fsPath, readSettings(config), format));
}

export function hasCheckpoint(runDir: string): boolean {
  const record = readRunRecord(runDir);
  return record?.lastCheckpoint !== undefined || record?.bestCheckpoint !== undefined;
}

async function chooseCheckpoint({ store }: Parts, runId: string): Promise<CheckpointChoice | undefined> {
  const monitor = store.follow(runId);
  await monitor.loaded;
  const there = (file: string) => existsSync(join(runId, file));
  const choices = checkpointChoices(monitor.record ?? {}, monitor.history.checkpoints, there);
  if (choices.length === 0)
    throw new MdfeError({
      code: 'run/no-checkpoint',
      what: 'this run has no checkpoint yet',
      where: runId,
      todo: 'let it train on: MDFE: Resume Training',
    });
  if (choices.length === 1) return choices[0];
  return vscode.window.showQuickPick(choices, { title: TITLE, placeHolder: 'Checkpoint' });
}

function chooseFormat(title: string): Thenable<FormatChoice | undefined> {
  return vscode.window.showQuickPick(FORMATS, { title, placeHolder: 'Format' });
}

/** Runs the command; asks before it replaces what is there. */
async function make(parts: Parts, title: string, args: readonly string[]): Promise<void> {
  const run = (all: readonly string[]) =>
    runTask(parts, title, (a, hooks) => parts.trainer.task(a, hooks), all);
  let printed: string | undefined;
  try {
    printed = await run(args);
  } catch (error) {
    if (!(error instanceof TaskFailed) || !error.message.includes('add --force')) throw error;
    const replace = 'Replace';
    const chosen = await vscode.window.showWarningMessage(
      'This package is there already.',
      { modal: true, detail: shortMessage(error.message.split('\n  to do:')[0]!) },
      replace,
    );
    if (chosen === replace) printed = await run([...args, '--force']);
  }
  if (printed !== undefined) await tell(parts, JSON.parse(printed) as PackageReport);
}

async function tell(
  { secrets, log }: Parts,
  { manifest, model, kaggle, warnings }: PackageReport,
): Promise<void> {
  for (const { text } of warnings) log.warn(text);
  const run = (title: string, command: string, path: string): Action => ({
    title,
    run: () => vscode.commands.executeCommand(command, path),
  });
  const actions: Action[] = [{ title: 'Reveal', run: () => reveal(model) }];
  if (kaggle)
    actions.push(
      run('Open Kaggle Notebook', 'mdfe.openKaggleNotebook', kaggle.kernelDir),
      run('Publish to Kaggle', 'mdfe.publishToKaggle', kaggle.kernelDir),
    );
  if (kaggle && (await isSignedIn(secrets)))
    actions.push(run('Upload to Google Drive', 'mdfe.uploadToDrive', kaggle.zip));
  const { name, size, weights, embeddingDim } = manifest;
  const said = `${name}: packaged as ${basename(model)} (${formatBytes(size)}, ${weights}, ${embeddingDim} numbers per image).`;
  const wide = warnings.find(({ code }) => code === 'kaggle/embedding-dim');
  if (wide) await choose(vscode.window.showWarningMessage, `${said} Note: ${wide.text}.`, actions);
  else await choose(vscode.window.showInformationMessage, said, actions);
}
