import type { BadImage } from '../data/image/bad-images.ts';
import type { FeatureProgress } from './request.ts';

const WINDOW_MS = 10_000;
const REPORT_MS = 200;

/** Speed over the last ten seconds and the time left at that speed. */
export class RateMeter {
  private readonly marks: { time: number; done: number }[] = [];

  update(done: number, total: number, now = performance.now()): { speed: number; secondsLeft: number } {
    this.marks.push({ time: now, done });
    while (this.marks.length > 2 && this.marks[0]!.time < now - WINDOW_MS) this.marks.shift();
    const first = this.marks[0]!;
    const seconds = (now - first.time) / 1000;
    const speed = seconds > 0 ? (done - first.done) / seconds : 0;
    return { speed, secondsLeft: speed > 0 ? (total - done) / speed : Number.POSITIVE_INFINITY };
  }
}

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
