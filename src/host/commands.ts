import * as vscode from 'vscode';
import { describeError, MdfeError } from '../common/errors.ts';
import { shortMessage } from '../run/error-location.ts';
import { isRunning, readRunRecord } from '../run/reader.ts';
import { isRemedy } from '../run/remedies.ts';
import { chooseRun } from './choose-run.ts';
import { chooseConfig, saveFirst } from './config-file.ts';
import { askForDataFolder, chooseDataFolder, dataFolder } from './data-folder.ts';
import { signInToDrive, signOutOfDrive } from './drive/sign-in.ts';
import { evaluate } from './evaluate.ts';
import { exportCurves } from './export-curves.ts';
import type { LaunchHooks, LaunchOutcome } from './launch.ts';
import { tellLeftOutSweep } from './left-out-sweep.ts';
import { tellFailure } from './notifications.ts';
import { openFileOf, openRunConfig, openRunLog, revealFolder } from './open.ts';
import { openKaggleNotebook } from './packaging/open-notebook.ts';
import { createZeroShot, packageModel } from './packaging/package-model.ts';
import { publishToKaggle } from './packaging/publish.ts';
import { uploadToDrive } from './packaging/upload-to-drive.ts';
import type { Parts } from './parts.ts';
import { actionOf, type Circumstances, circumstancesOf, type Retries } from './remedy-actions.ts';
import { readSettings } from './settings.ts';
import { stopRun } from './stop-run.ts';
import { interruptedSweep } from './sweep/interrupted.ts';
import { TaskFailed } from './task.ts';
import type { Change } from './trainer-command.ts';

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

function train(parts: Parts, named: unknown): Promise<void> {
  return trainConfig(parts, named, 'train');
}

function trainSweep(parts: Parts, named: unknown): Promise<void> {
  return trainConfig(parts, named, 'sweep');
}

/** A single run, or the runs of a sweep: both begin alike, and show their first run. */
async function trainConfig(parts: Parts, named: unknown, what: 'train' | 'sweep'): Promise<void> {
  if (!mayTrain()) return;
  const title = what === 'train' ? 'MDFE: Train' : 'MDFE: Train Sweep';
  const config = await chooseConfig(named, title);
  if (!config || !(await saveFirst(config))) return;
  const data = await dataFolder(parts.memory, config);
  if (data === undefined) return;
  const runId = await start(
    parts,
    `MDFE: starting ${what === 'train' ? '' : 'the sweep of '}${vscode.workspace.asRelativePath(config)}`,
    (hooks) => parts.trainer[what](config, data, hooks),
    { dataDir: data, outputDir: readSettings(config).outputDir },
    {
      chooseWeights: () => chooseWeights(parts, config, what),
      chooseData: async () => {
        if ((await chooseDataFolder(parts.memory, undefined, config)) !== undefined)
          await trainConfig(parts, config, what);
      },
    },
  );
  if (runId !== undefined && what === 'train')
    await tellLeftOutSweep(config, async () => {
      await stop(parts, runId);
      await trainConfig(parts, config, 'sweep');
    });
}

/** Where the weights are not at hand: a file for the setting, then once more. */
async function chooseWeights(parts: Parts, config: vscode.Uri, what: 'train' | 'sweep'): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'MDFE: Backbone Weights',
    filters: { Safetensors: ['safetensors'] },
  });
  if (!chosen?.[0]) return;
  const settings = vscode.workspace.getConfiguration('mdfe', config);
  await settings.update('backboneWeights', chosen[0].fsPath, vscode.ConfigurationTarget.Workspace);
  await trainConfig(parts, config, what);
}

async function resume(parts: Parts, named: unknown): Promise<void> {
  if (!mayTrain()) return;
  const runId = await chooseRun(
    parts.store,
    named,
    (run) => !isRunning(run.status) && run.status !== 'done',
    'MDFE: Resume Training',
    'MDFE: there is no stopped run to resume.',
  );
  if (runId === undefined) return;
  await resumeRun(parts, runId);
}

async function resumeRun(parts: Parts, runId: string, change: Change = {}): Promise<void> {
  const sweep = interruptedSweep(runId);
  await start(
    parts,
    sweep ? 'MDFE: resuming the sweep' : 'MDFE: resuming',
    (hooks) => (sweep ? parts.trainer.resumeSweep(sweep, hooks) : parts.trainer.resume(runId, change, hooks)),
    circumstancesOf(runId, readRunRecord(runId)?.dataDir),
    sweep ? {} : retriesOf(parts, runId),
  );
}

/** A run that failed goes on in its own folder. */
function retriesOf(parts: Parts, runId: string): Retries {
  return {
    leaveOutImages: () => resumeRun(parts, runId, { skipBadImages: true }),
    chooseData: async () => {
      const dataDir = await askForDataFolder();
      if (dataDir !== undefined) await resumeRun(parts, runId, { dataDir });
    },
  };
}

/** A button of the panel or of a notification about a failed run. */
async function remedy(parts: Parts, runId: unknown, name: unknown): Promise<void> {
  if (typeof runId !== 'string' || !isRemedy(name) || !mayTrain()) return;
  const monitor = parts.store.follow(runId);
  await monitor.loaded;
  await actionOf(name, monitor.record?.error?.text ?? '', retriesOf(parts, runId))?.();
}

/**
 * Starts a trainer and shows its run as soon as there is one.
 *
 * @returns the run folder; undefined where there is none
 */
async function start(
  parts: Parts,
  title: string,
  launch: (hooks: LaunchHooks) => Promise<LaunchOutcome>,
  circumstances: Circumstances,
  retries: Retries,
): Promise<string | undefined> {
  const location = vscode.ProgressLocation.Notification;
  const cancelled = new AbortController();
  const outcome = await vscode.window.withProgress(
    { location, title, cancellable: true },
    (progress, token) => {
      token.onCancellationRequested(() => cancelled.abort());
      return launch({ signal: cancelled.signal, onStatus: (message) => progress.report({ message }) });
    },
  );
  if (cancelled.signal.aborted && 'failed' in outcome) return undefined;
  if ('failed' in outcome) {
    const { stderr, exitCode } = outcome.failed;
    const text = stderr.trim() || `the trainer ended with exit code ${exitCode} and no message`;
    const whole = { title: 'Show Whole Message', run: () => parts.log.show() };
    await tellFailure(`MDFE: ${shortMessage(text)}`, text, [whole], circumstances, retries);
    return undefined;
  }
  parts.store.follow(outcome.runDir);
  parts.panels.open(outcome.runDir);
  return outcome.runDir;
}

async function stop({ store }: Parts, named: unknown): Promise<void> {
  const runId = await chooseRun(
    store,
    named,
    (run) => isRunning(run.status),
    'MDFE: Stop Training',
    'MDFE: no training is running.',
  );
  if (runId === undefined) return;
  const monitor = store.follow(runId);
  await monitor.loaded;
  stopRun(monitor);
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

/** Training and packaging run code and read files that the workspace names. */
function mayTrain(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window
    .showErrorMessage('MDFE trains and packages in trusted workspaces only.', 'Manage Trust')
    .then((chosen) => {
      if (chosen) void vscode.commands.executeCommand('workbench.trust.manage');
    });
  return false;
}
