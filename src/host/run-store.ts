import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { listRuns } from '../run/list.ts';
import type { RunSummary } from '../run/messages.ts';
import { isRunning } from '../run/reader.ts';
import type { ObservedStatus } from '../run/record.ts';
import { type RunChange, RunMonitor } from './run-monitor.ts';
import { readSettings } from './settings.ts';

const FOLDERS = 'mdfe.outputFolders';

export interface MonitorChange extends RunChange {
  readonly monitor: RunMonitor;
}

/** All runs that this window knows: those in its output folders. Runs that go on are followed. */
export class RunStore implements vscode.Disposable {
  private readonly monitors = new Map<string, RunMonitor>();
  private readonly changes = new vscode.EventEmitter<MonitorChange>();
  private readonly lists = new vscode.EventEmitter<void>();
  private readonly memory: vscode.Memento;
  private readonly log: vscode.LogOutputChannel;
  private readonly lastWords: (runDir: string) => Promise<string | undefined>;
  /** Messages about run folders that cannot be read, as they were told. */
  private readonly damaged = new Set<string>();
  readonly onDidChange = this.changes.event;
  /** A run appeared, or its status changed. */
  readonly onDidChangeList = this.lists.event;

  /** @param lastWords why a trainer ended that could not write it into the run folder */
  constructor(
    memory: vscode.Memento,
    log: vscode.LogOutputChannel,
    lastWords: (runDir: string) => Promise<string | undefined>,
  ) {
    this.memory = memory;
    this.log = log;
    this.lastWords = lastWords;
  }

  dispose(): void {
    for (const monitor of this.monitors.values()) monitor.dispose();
    this.changes.dispose();
    this.lists.dispose();
  }

  /** Newest first. Runs that go on are followed from now on. */
  async list(): Promise<RunSummary[]> {
    const found: RunSummary[] = [];
    for (const folder of this.folders()) {
      try {
        found.push(...(await listRuns(folder, (error) => this.tellDamage(error.message))));
      } catch (error) {
        this.log.warn(`cannot list the runs in ${folder}: ${String(error)}`);
      }
    }
    for (const run of found) if (isRunning(run.status)) this.follow(run.runId);
    return found.sort((a, b) => b.created.localeCompare(a.created));
  }

  /** Follows a run until the store is disposed of; a second call returns the same monitor. */
  follow(runDir: string): RunMonitor {
    const known = this.monitors.get(runDir);
    if (known) return known;
    const monitor = new RunMonitor(
      runDir,
      (m, change) => this.report(m, change),
      (error) => this.log.error(`cannot read ${runDir}: ${String(error)}`),
      this.lastWords,
    );
    this.monitors.set(runDir, monitor);
    this.remember(dirname(runDir));
    return monitor;
  }

  /**
   * Stops following a run that has ended, to free its history; runs that go on are kept.
   * @returns whether it is not followed now
   */
  release(runDir: string): boolean {
    const monitor = this.monitors.get(runDir);
    if (monitor?.running) return false;
    monitor?.dispose();
    this.monitors.delete(runDir);
    return true;
  }

  get running(): RunMonitor[] {
    return [...this.monitors.values()].filter((m) => m.running && m.record);
  }

  /** Once: the list is made every few seconds. */
  private tellDamage(message: string): void {
    if (this.damaged.has(message)) return;
    this.damaged.add(message);
    this.log.warn(message);
  }

  private report(monitor: RunMonitor, change: RunChange): void {
    this.changes.fire({ monitor, ...change });
    if (change.before !== monitor.status) this.lists.fire();
  }

  /** Output folders of the workspace, and others where this window has seen a run. */
  private folders(): Set<string> {
    const remembered = this.memory.get<string[]>(FOLDERS, []);
    const folders = vscode.workspace.workspaceFolders?.map((f) => readSettings(f.uri).outputDir) ?? [];
    return new Set([...folders, ...remembered]);
  }

  private remember(folder: string): void {
    const remembered = this.memory.get<string[]>(FOLDERS, []);
    if (!remembered.includes(folder)) void this.memory.update(FOLDERS, [...remembered, folder]);
  }
}

/** Words for a list of runs to choose from. */
export const statusWords: Readonly<Record<ObservedStatus, string>> = {
  starting: 'starting',
  features: 'computing features',
  training: 'training',
  stopping: 'stopping',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  killed: 'killed',
};
