import type { RunEvent } from '../run/events.ts';
import type { HostToPanel, RunSnapshot } from '../run/messages.ts';
import { takeSnapshot } from '../run/snapshot.ts';
import type { RunMonitor } from './run-monitor.ts';

const INTERVAL = 100; // ms between two messages at least

/**
 * What one view gets: a snapshot when it asks, then deltas that continue it, at most ten a second. Before it has
 * asked (a hidden view is gone, and what is sent to it is lost) nothing is sent.
 */
export class PanelFeed {
  private shown: RunMonitor | undefined;
  private pending: RunEvent[] = [];
  private next = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly send: (message: HostToPanel) => void;

  constructor(send: (message: HostToPanel) => void) {
    this.send = send;
  }

  get run(): RunMonitor | undefined {
    return this.shown;
  }

  /** Everything so far; deltas follow from here. The caller sends it at once. */
  show(monitor: RunMonitor): RunSnapshot {
    this.pause();
    this.shown = monitor;
    this.next = monitor.history.next;
    const { runId, record, status, history } = monitor;
    return { runId, record, status, history: takeSnapshot(history) };
  }

  /** The view is gone, or about to ask again. */
  pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = [];
    this.shown = undefined;
  }

  push(monitor: RunMonitor, events: readonly RunEvent[]): void {
    if (monitor !== this.shown) return;
    for (const event of events) if (event.seq >= this.next) this.pending.push(event);
    this.timer ??= setTimeout(() => this.flush(), INTERVAL);
  }

  private flush(): void {
    this.timer = undefined;
    if (!this.shown) return;
    const { runId, record, status } = this.shown;
    const events = this.pending;
    this.pending = [];
    this.send({ type: 'delta', runId, from: events[0]?.seq ?? this.next, events, record, status });
    this.next = (events.at(-1)?.seq ?? this.next - 1) + 1;
  }
}
