import { threadPoolEnvironment } from '../common/thread-pool.ts';
import type { Settings } from './settings.ts';

/** A program with its arguments as a list: nothing here ever passes through a shell. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Where the command line lies and which Node runs it. */
export interface TrainerProgram {
  readonly script: string;
  /** '' means the editor's own Node. */
  readonly nodePath: string;
}

type TrainSettings = Pick<Settings, 'device' | 'outputDir' | 'cacheDir' | 'backboneWeights' | 'threads'>;

export function trainArguments(configFile: string, dataDir: string, settings: TrainSettings): string[] {
  const args = [
    'train',
    configFile,
    dataDir,
    '--output-dir',
    settings.outputDir,
    '--device',
    settings.device,
    '--json',
  ];
  if (settings.cacheDir !== undefined) args.push('--cache-dir', settings.cacheDir);
  if (settings.backboneWeights !== undefined) args.push('--backbone-weights', settings.backboneWeights);
  if (settings.threads > 0) args.push('--threads', String(settings.threads));
  return args;
}

export function resumeArguments(runDir: string): string[] {
  return ['train', '--resume', runDir, '--json'];
}

/**
 * @param own path of the editor's executable, which is Electron on a desktop and plain Node on a server
 * @param env of the editor; its own variables are kept from the trainer
 */
export function trainerCommand(
  { script, nodePath }: TrainerProgram,
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
  };
}
