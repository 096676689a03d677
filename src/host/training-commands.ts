import * as vscode from 'vscode';
import { shortMessage } from '../run/error-location.ts';
import { isRunning, readRunRecord } from '../run/reader.ts';
import { type Circumstances, isRemedy } from '../run/remedies.ts';
import { chooseRun } from './choose-run.ts';
import { chooseConfig, saveFirst } from './config-file.ts';
import { askForDataFolder, chooseDataFolder, dataFolder } from './data-folder.ts';
import type { LaunchHooks, LaunchOutcome } from './launch.ts';
import { tellLeftOutSweep } from './left-out-sweep.ts';
import { tellFailure } from './notifications.ts';
import type { Parts } from './parts.ts';
import { actionOf, circumstancesOf, type Retries } from './remedy-actions.ts';
import { readSettings } from './settings.ts';
import { stopRun } from './stop-run.ts';
import { interruptedSweep } from './sweep/interrupted.ts';
import type { Change } from './trainer-command.ts';
import { mayTrain } from './trust.ts';

export function train(parts: Parts, named: unknown): Promise<void> {
  return trainConfig(parts, named, 'train');
}

export function trainSweep(parts: Parts, named: unknown): Promise<void> {
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
  const weights = await askForWeights();
  if (weights === undefined) return;
  const settings = vscode.workspace.getConfiguration('mdfe', config);
  await settings.update('backboneWeights', weights, vscode.ConfigurationTarget.Workspace);
  await trainConfig(parts, config, what);
}

async function askForWeights(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'MDFE: Backbone Weights',
    filters: { Safetensors: ['safetensors'] },
  });
  return chosen?.[0]?.fsPath;
}

export async function resume(parts: Parts, named: unknown): Promise<void> {
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
function retriesOf(parts: Parts, runId: string): Required<Retries> {
  return {
    leaveOutImages: () => resumeRun(parts, runId, { skipBadImages: true }),
    chooseData: async () => {
      const dataDir = await askForDataFolder();
      if (dataDir !== undefined) await resumeRun(parts, runId, { dataDir });
    },
    chooseWeights: async () => {
      const backboneWeights = await askForWeights();
      if (backboneWeights !== undefined) await resumeRun(parts, runId, { backboneWeights });
    },
  };
}

/** A button of the panel or of a notification about a failed run. */
export async function remedy(parts: Parts, runId: unknown, name: unknown): Promise<void> {
  if (typeof runId !== 'string' || !isRemedy(name)) return;
  const retries = retriesOf(parts, runId);
  if (Object.hasOwn(retries, name) && !mayTrain()) return;
  const monitor = parts.store.follow(runId);
  await monitor.loaded;
  await actionOf(name, monitor.record?.error?.text ?? '', retries)?.();
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

export async function stop({ store }: Parts, named: unknown): Promise<void> {
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
