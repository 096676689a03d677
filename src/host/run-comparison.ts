import type { HostToPanel } from '../run/messages.ts';
import type { RunMonitor } from './run-monitor.ts';

const INTERVAL = 2000; // ms between two messages about a run that goes on

interface Runs {
  follow(runId: string): RunMonitor;
  release(runId: string): boolean;
}

/** Runs whose curves a panel draws beside that of the run it shows; of those that go on, every two seconds anew. */
export class RunComparison {
  private ids: readonly string[] = [];
  private readonly changed = new Set<RunMonitor>();
  private timer: NodeJS.Timeout | undefined;
  private readonly runs: Runs;
  private readonly send: (message: HostToPanel) => void;
  /** A run that the panel shows must be followed, whatever becomes of the comparison. */
  private readonly isShown: (runId: string) => boolean;

  constructor(runs: Runs, send: (message: HostToPanel) => void, isShown: (runId: string) => boolean) {
    this.runs = runs;
    this.send = send;
    this.isShown = isShown;
  }

  get runIds(): readonly string[] {
    return this.ids;
  }

  /** Sends the curves of these runs; those without a run folder are left out. */
  async show(runIds: readonly string[]): Promise<void> {
    this.ids = runIds;
    this.send({ type: 'comparison', runIds });
    for (const runId of runIds) {
      const monitor = this.runs.follow(runId);
      await monitor.loaded;
      if (!this.ids.includes(runId)) continue; // others were chosen meanwhile
      this.tell(monitor);
      // What is over needs no eye on it, and its history no place in memory.
      if (!monitor.running && !this.isShown(runId)) this.runs.release(runId);
    }
  }

  push(monitor: RunMonitor): void {
    if (!this.ids.includes(monitor.runId) || this.isShown(monitor.runId)) return;
    this.changed.add(monitor);
    this.timer ??= setTimeout(() => this.flush(), INTERVAL);
  }

  /** The view is gone. */
  pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed.clear();
    this.ids = [];
  }

  private flush(): void {
    this.timer = undefined;
    for (const monitor of this.changed) this.tell(monitor);
    this.changed.clear();
  }

  private tell({ runId, record, history }: RunMonitor): void {
    if (!record) return;
    const name = record.sweep?.label ?? record.name;
    this.send({ type: 'compared', run: { runId, name, loss: Float32Array.from(history.loss) } });
  }
}
