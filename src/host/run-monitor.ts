import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RunEvent } from '../run/events.ts';
import { RunHistory } from '../run/history.ts';
import { isRunning, observeRun, RunEventReader } from '../run/reader.ts';
import type { ObservedStatus, RunRecord } from '../run/record.ts';

const BUSY = 100; // ms between two looks at a run that goes on
const IDLE = 1500; // ms: a run that has ended may be resumed from elsewhere
const SLICE = 1; // bytes; the reader reads at least one of its chunks (256 KB, about 4 ms to parse)

export interface RunChange {
  readonly events: readonly RunEvent[];
  readonly before: ObservedStatus | undefined;
}

/**
 * Follows one run folder: the record and the events as they are appended. Reading is cut into slices, so that a
 * run of any length never holds up the extension host.
 */
export class RunMonitor {
  readonly runId: string;
  readonly history = new RunHistory();
  record: RunRecord | null = null;
  status: ObservedStatus = 'starting';
  /** Resolves when everything that was in the folder at first has been read. */
  readonly loaded: Promise<void>;
  private readonly reader: RunEventReader;
  private readonly changed: (monitor: RunMonitor, change: RunChange) => void;
  private readonly failed: (error: unknown) => void;
  private readonly lastWords: (runDir: string) => Promise<string | undefined>;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;
  private known = false;
  private words: Promise<string | undefined> | undefined;

  constructor(
    runDir: string,
    changed: (monitor: RunMonitor, change: RunChange) => void,
    failed: (error: unknown) => void,
    lastWords: (runDir: string) => Promise<string | undefined> = async () => undefined,
  ) {
    this.runId = runDir;
    this.reader = new RunEventReader(runDir);
    this.changed = changed;
    this.failed = failed;
    this.lastWords = lastWords;
    this.loaded = this.look();
  }

  get running(): boolean {
    return isRunning(this.status);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  /** A process that is gone may have said why where it was started. */
  private async observe(): Promise<{ record: RunRecord | null; status: ObservedStatus }> {
    const found = observeRun(this.runId);
    if (!found) return { record: null, status: this.status };
    if (found.status !== 'killed') {
      this.words = undefined;
      return found;
    }
    this.words ??= this.lastWords(this.runId);
    const text = await this.words;
    const { record, status } = found;
    return {
      status,
      record: text === undefined ? record : { ...record, error: { code: 'run/killed', text } },
    };
  }

  private async look(): Promise<void> {
    try {
      // The record first: events that are read after "done" was seen are complete.
      const { record, status } = await this.observe();
      for (;;) {
        const events = this.reader.read(SLICE);
        for (const event of events) this.history.add(event);
        const news = events.length > 0 || status !== this.status || record?.updated !== this.record?.updated;
        const before = this.known ? this.status : undefined;
        if (events.length === 0) {
          this.record = record;
          this.status = status;
          this.known = true;
        }
        if (news || before === undefined) this.changed(this, { events, before });
        if (events.length === 0 || this.disposed) break;
        await yieldToOthers();
      }
    } catch (error) {
      this.failed(error);
    }
    if (!this.disposed) this.timer = setTimeout(() => void this.look(), this.running ? BUSY : IDLE);
  }
}
