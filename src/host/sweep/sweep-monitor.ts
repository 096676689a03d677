import { observeSweep, readSweepRecord } from '../../run/sweep-reader.ts';
import type { ObservedSweepStatus, SweepRecord } from '../../run/sweep-record.ts';

const BUSY = 300; // ms between two looks at a sweep that goes on
const IDLE = 2000; // ms: one that has ended may be resumed from elsewhere

/** A sweep as it is now. */
export interface SweepState {
  readonly dir: string;
  readonly record: SweepRecord;
  readonly status: ObservedSweepStatus;
}

/** Follows the folder of a sweep: its record, which is replaced whenever a run begins or ends. */
export class SweepMonitor {
  readonly dir: string;
  state: SweepState | undefined;
  private readonly changed: (state: SweepState, before: ObservedSweepStatus | undefined) => void;
  private readonly failed: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    dir: string,
    changed: (state: SweepState, before: ObservedSweepStatus | undefined) => void,
    failed: (error: unknown) => void,
  ) {
    this.dir = dir;
    this.changed = changed;
    this.failed = failed;
    this.look();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private look(): void {
    try {
      const record = readSweepRecord(this.dir);
      const before = this.state;
      if (record) {
        const status = observeSweep(record);
        if (record.updated !== before?.record.updated || status !== before.status) {
          this.state = { dir: this.dir, record, status };
          this.changed(this.state, before?.status);
        }
      }
    } catch (error) {
      this.failed(error);
    }
    this.timer = setTimeout(() => this.look(), this.state?.status === 'running' ? BUSY : IDLE);
  }
}
