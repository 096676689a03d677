import { threadPoolEnvironment } from '../common/thread-pool.ts';
import { NODE_SETTING } from '../run/remedies.ts';
import type { Settings } from './settings.ts';

/** A program with its arguments as a list: nothing here ever passes through a shell. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where relative paths count from; the editor's own working directory where it is absent. */
  readonly cwd?: string;
}

/** Where the command line lies and which Node runs it. */
export interface TrainerProgram {
  readonly script: string;
  /** '' means the editor's own Node. */
  readonly nodePath: string;
  /** Where relative paths of a configuration count from. */
  readonly cwd?: string;
}

type TrainSettings = Pick<
  Settings,
  'device' | 'precision' | 'outputDir' | 'cacheDir' | 'backboneWeights' | 'threads'
>;

/** @param command a single run, or the runs of a sweep */
export function trainArguments(
  configFile: string,
  dataDir: string,
  settings: TrainSettings,
  command: 'train' | 'sweep' = 'train',
): string[] {
  const { outputDir, device } = settings;
  const fixed = [command, configFile, dataDir, '--output-dir', outputDir, '--device', device, '--json'];
  return [...fixed, ...optional(settings)];
}

/** What is different when a run is tried again. */
export interface Change {
  /** Data folder of a run that goes on, where the data lie elsewhere now. */
  readonly dataDir?: string;
  /** Missing and damaged images are left out. */
  readonly skipBadImages?: boolean;
  readonly backboneWeights?: string;
}

/** @param dir of the run or the sweep */
export function resumeArguments(
  dir: string,
  command: 'train' | 'sweep' = 'train',
  { dataDir, skipBadImages = false, backboneWeights }: Change = {},
): string[] {
  const moved = dataDir === undefined ? [] : [dataDir];
  const bad = skipBadImages ? ['--skip-bad-images'] : [];
  const weights = backboneWeights === undefined ? [] : ['--backbone-weights', backboneWeights];
  return [command, ...moved, '--resume', dir, '--json', ...bad, ...weights];
}

/** @param settings of a configuration; a run goes by the options that it was trained with */
export function evaluateArguments(
  target: string,
  dataDir: string,
  settings?: Omit<TrainSettings, 'outputDir'>,
): string[] {
  const args = ['evaluate', target, dataDir, '--json-progress'];
  return settings ? [...args, '--device', settings.device, ...optional(settings)] : args;
}

function optional({
  cacheDir,
  backboneWeights,
  threads,
  precision,
}: Omit<TrainSettings, 'outputDir' | 'device'>): string[] {
  return [
    ...(cacheDir === undefined ? [] : ['--cache-dir', cacheDir]),
    ...(backboneWeights === undefined ? [] : ['--backbone-weights', backboneWeights]),
    ...(threads > 0 ? ['--threads', String(threads)] : []),
    ...(precision === 'fp32' ? [] : ['--precision', precision]),
  ];
}

/**
 * @param own path of the editor's executable, which is Electron on a desktop and plain Node on a server
 * @param env of the editor; its own variables are kept from the trainer
 */
export function trainerCommand(
  { script, nodePath, ...place }: TrainerProgram,
  args: readonly string[],
  own: string,
  env: NodeJS.ProcessEnv,
): Command {
  const kept = Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  const electron = nodePath === '' ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return {
    program: nodePath === '' ? own : nodePath,
    args: [script, ...args],
    env: { ...Object.fromEntries(kept), ...threadPoolEnvironment(env), ...electron },
    ...place,
  };
}

/** Names the setting that is wrong where the program is not the editor's own. */
export function cannotStart(program: string, error: Error, own = process.execPath): string {
  const said = `${program} cannot be started: ${error.message}`;
  return program === own ? said : `${said}\n  to do:    correct the setting ${NODE_SETTING}`;
}
