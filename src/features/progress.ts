import { RateMeter } from '../common/rate-meter.ts';
import type { BadImage } from '../data/image/bad-images.ts';
import type { FeatureProgress } from './request.ts';

const REPORT_MS = 200;

/** Tells the caller how far it is, at most five times a second. */
export class ProgressReporter {
  private readonly total: number;
  private readonly onProgress: ((progress: FeatureProgress) => void) | undefined;
  private current: FeatureProgress['phase'] = 'checking';
  private label = '';
  private meter = new RateMeter();
  private done = 0;
  private reused = 0;
  private reported = 0;
  /** Something was computed already. */
  private begun = false;

  /** @param total images and views */
  constructor(total: number, onProgress: ((progress: FeatureProgress) => void) | undefined) {
    this.total = total;
    this.onProgress = onProgress;
  }

  phase(phase: FeatureProgress['phase'], label: string): void {
    this.current = phase;
    this.label = label;
    this.meter = new RateMeter();
    this.report(true);
  }

  /** Computing begins: `pending` of the total are not in the store. */
  start(pending: number): void {
    this.done = this.total - pending;
    this.reused = this.done;
    this.begun = false;
    this.phase('computing', 'computing features');
  }

  /** Computing has ended because of bad images; the rest is only looked at. */
  listing(bad: readonly BadImage[]): void {
    const [first] = bad;
    this.phase(
      'listing-bad',
      `${first?.image}: ${first?.reason}; looking for more bad images before stopping`,
    );
  }

  add(count: number): void {
    // The first ones also waited for the network: speed is measured from them on.
    if (!this.begun) this.meter = new RateMeter();
    this.begun = true;
    this.update(this.done + count);
  }

  update(done: number): void {
    this.done = done;
    this.report(done >= this.total);
  }

  private report(always: boolean): void {
    const now = performance.now();
    const { total, done, reused, current: phase } = this;
    const rate = this.meter.update(done, total, now);
    if (!this.onProgress || (!always && now - this.reported < REPORT_MS)) return;
    this.reported = now;
    this.onProgress({ phase, done, total, reused, ...rate, text: this.label });
  }
}
