import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { FoundSweep } from '../../run/sweep-reader.ts';
import { runDirOf } from '../../run/sweep-reader.ts';
import type { ObservedSweepStatus } from '../../run/sweep-record.ts';
import type { RunMonitor } from '../run-monitor.ts';
import type { RunStore } from '../run-store.ts';
import { SweepMonitor } from './sweep-monitor.ts';

export interface SweepChange {
  readonly sweep: FoundSweep;
  readonly before: ObservedSweepStatus | undefined;
}

/** The sweeps whose runs this window has seen. The run that one of them trains is followed, as if started by hand. */
export class SweepStore implements vscode.Disposable {
  private readonly monitors = new Map<string, SweepMonitor>();
  /** Run folders that are followed because a sweep trains them, or trained them. */
  private readonly trained = new Set<string>();
  private readonly changes = new vscode.EventEmitter<SweepChange>();
  private readonly subscription: vscode.Disposable;
  private readonly runs: RunStore;
  private readonly log: vscode.LogOutputChannel;
  readonly onDidChange = this.changes.event;

  constructor(runs: RunStore, log: vscode.LogOutputChannel) {
    this.runs = runs;
    this.log = log;
    this.subscription = runs.onDidChange(({ monitor }) => this.of(monitor));
  }

  /** The sweep that a run belongs to. */
  of(run: RunMonitor | undefined): FoundSweep | undefined {
    const name = run?.record?.sweep?.name;
    if (run === undefined || name === undefined) return undefined;
    const dir = join(dirname(run.runId), name);
    const known = this.monitors.get(dir) ?? this.follow(dir);
    return known.state;
  }

  dispose(): void {
    this.subscription.dispose();
    for (const monitor of this.monitors.values()) monitor.dispose();
    this.changes.dispose();
  }

  private follow(dir: string): SweepMonitor {
    const monitor = new SweepMonitor(
      dir,
      (sweep, before) => this.report(sweep, before),
      (error) => this.log.error(`cannot read ${dir}: ${String(error)}`),
    );
    this.monitors.set(dir, monitor);
    return monitor;
  }

  private report(sweep: FoundSweep, before: ObservedSweepStatus | undefined): void {
    const current = sweep.record.runs.find((run) => run.state === 'running');
    const runDir = current && sweep.status === 'running' ? runDirOf(sweep.dir, current) : undefined;
    this.changes.fire({ sweep, before });
    this.releaseAllBut(runDir);
    if (runDir === undefined) return;
    this.trained.add(runDir);
    this.runs.follow(runDir);
  }

  /** A sweep of a hundred runs must not leave a hundred histories in memory. */
  private releaseAllBut(runDir: string | undefined): void {
    for (const dir of this.trained) if (dir !== runDir && this.runs.release(dir)) this.trained.delete(dir);
  }
}
