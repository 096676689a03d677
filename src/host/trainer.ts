import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { driveEnvironment } from './drive/secret.ts';
import { lastWords } from './last-words.ts';
import { type LaunchHooks, type LaunchOutcome, launch } from './launch.ts';
import { requireNode } from './node-program.ts';
import { baseFolder, readSettings } from './settings.ts';
import { runTask, TaskFailed, type TaskHooks } from './task.ts';
import {
  type Change,
  type Command,
  cannotStart,
  resumeArguments,
  trainArguments,
  trainerCommand,
} from './trainer-command.ts';

/** Starts the command line as a process of its own; this process never loads what trains. */
export class Trainer {
  private readonly script: string;
  private readonly dist: vscode.Uri;
  private readonly logDir: string;
  private readonly secrets: vscode.SecretStorage;
  private readonly log: vscode.LogOutputChannel;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
    // Tests put a trainer of their own here.
    this.script =
      process.env.MDFE_TRAINER ?? vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.mjs').fsPath;
    this.logDir = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'trainer').fsPath;
    this.secrets = context.secrets;
    this.log = log;
  }

  /** Why the trainer of that run ended without writing it into the run folder. */
  lastWords(runDir: string): Promise<string | undefined> {
    return lastWords(this.logDir, runDir);
  }

  train(config: vscode.Uri, dataDir: string, hooks: LaunchHooks): Promise<LaunchOutcome> {
    const args = trainArguments(config.fsPath, dataDir, readSettings(config));
    return this.launch(this.command(args, config), hooks);
  }

  /** Resolves when the first run of the sweep has its folder. */
  sweep(config: vscode.Uri, dataDir: string, hooks: LaunchHooks): Promise<LaunchOutcome> {
    const args = trainArguments(config.fsPath, dataDir, readSettings(config), 'sweep');
    return this.launch(this.command(args, config), hooks);
  }

  resume(runDir: string, change: Change, hooks: LaunchHooks): Promise<LaunchOutcome> {
    return this.launch(this.command(resumeArguments(runDir, 'train', change)), hooks);
  }

  resumeSweep(sweepDir: string, hooks: LaunchHooks): Promise<LaunchOutcome> {
    return this.launch(this.command(resumeArguments(sweepDir, 'sweep')), hooks);
  }

  /** What a short command prints; rejects with its message when it fails. */
  async print(...args: string[]): Promise<string> {
    const command = this.command(args);
    const { program, args: all, env, cwd } = command;
    await this.prepare(command, 'run');
    return new Promise((resolve, reject) => {
      execFile(program, [...all], { env, cwd, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
        if (error?.code === 'ENOENT' || error?.code === 'EACCES')
          reject(new TaskFailed(cannotStart(program, error), null));
        else if (error) reject(new Error(stderr || error.message));
        else resolve(stdout);
      });
    });
  }

  /** A command that takes its time and reports on the way; what it prints at its end. */
  async task(args: readonly string[], hooks: TaskHooks): Promise<string> {
    const command = this.command(args);
    await this.prepare(command, 'run');
    return runTask(command, hooks);
  }

  /** The same with the editor's sign-in to Google Drive. */
  async driveTask(args: readonly string[], hooks: TaskHooks): Promise<string> {
    const command = this.command(args);
    await this.prepare(command, 'run');
    return runTask({ ...command, env: { ...command.env, ...(await driveEnvironment(this.secrets)) } }, hooks);
  }

  /** Starts a script of ours, in `dist`, in a process of its own. */
  worker(name: string): Command {
    const script = vscode.Uri.joinPath(this.dist, name).fsPath;
    return trainerCommand({ script, nodePath: readSettings().nodePath }, [], process.execPath, process.env);
  }

  private command(args: readonly string[], resource?: vscode.Uri): Command {
    const { nodePath } = readSettings(resource);
    const folder = baseFolder(resource);
    // Windows looks for programs in the current folder first: not in one that nobody trusts.
    const isPlace = vscode.workspace.isTrusted && existsSync(folder);
    const program = { script: this.script, nodePath, ...(isPlace && { cwd: folder }) };
    return trainerCommand(program, args, process.execPath, process.env);
  }

  private async prepare({ program, args }: Command, what: 'run' | 'start'): Promise<void> {
    this.log.info(`${what}: ${[program, ...args].join(' ')}`);
    if (program !== process.execPath) await requireNode(program);
  }

  private async launch(command: Command, hooks: LaunchHooks): Promise<LaunchOutcome> {
    await this.prepare(command, 'start');
    const env = { ...command.env, ...(await driveEnvironment(this.secrets)) };
    const outcome = await launch({ ...command, env }, this.logDir, hooks);
    if ('runDir' in outcome) this.log.info(`run folder: ${outcome.runDir}`);
    else this.log.error(`ended with ${outcome.failed.exitCode ?? 'no exit code'}: ${outcome.failed.stderr}`);
    return outcome;
  }
}
