import { RateMeter } from '../common/rate-meter.ts';

export interface TransferProgress {
  readonly file: string;
  readonly bytes: number;
  /** Bytes; undefined where the server does not say. */
  readonly total: number | undefined;
  readonly bytesPerSecond: number;
  /** Infinity while not known. */
  readonly secondsLeft: number;
}

const REPORT_MS = 100;

/** Reports at most ten times a second, and the end. */
export class TransferReporter {
  private readonly meter = new RateMeter();
  private readonly file: string;
  private readonly report: ((progress: TransferProgress) => void) | undefined;
  private last = Number.NEGATIVE_INFINITY;

  constructor(file: string, report: ((progress: TransferProgress) => void) | undefined) {
    this.file = file;
    this.report = report;
  }

  update(bytes: number, total: number | undefined): void {
    const now = performance.now();
    if (!this.report || (now - this.last < REPORT_MS && bytes !== total)) return;
    this.last = now;
    const { speed, secondsLeft } = this.meter.update(bytes, total ?? Number.POSITIVE_INFINITY, now);
    this.report({ file: this.file, bytes, total, bytesPerSecond: speed, secondsLeft });
  }
}
