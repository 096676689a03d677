import { type FoundSweep, observeSweep } from '../../run/sweep-reader.ts';
import type { ObservedSweepStatus } from '../../run/sweep-record.ts';

const BUSY = 300; // ms between two looks at a sweep that goes on
const IDLE = 2000; // ms: one that has ended may be resumed from elsewhere

/** Follows the folder of a sweep: its record, which is replaced whenever a run begins or ends. */
export class SweepMonitor {
  readonly dir: string;
  state: FoundSweep | undefined;
  private readonly changed: (state: FoundSweep, before: ObservedSweepStatus | undefined) => void;
  private readonly failed: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    dir: string,
    changed: (state: FoundSweep, before: ObservedSweepStatus | undefined) => void,
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
      const now = observeSweep(this.dir);
      const before = this.state;
      if (now) {
        const { record, status } = now;
        if (record.updated !== before?.record.updated || status !== before.status) {
          this.state = { dir: this.dir, ...now };
          this.changed(this.state, before?.status);
        }
      }
    } catch (error) {
      this.failed(error);
    }
    this.timer = setTimeout(() => this.look(), this.state?.status === 'running' ? BUSY : IDLE);
  }
}
