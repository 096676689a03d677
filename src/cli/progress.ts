import { counted } from '../common/counted.ts';
import { formatDuration, formatShortDuration } from '../common/duration.ts';
import type { FeatureProgress } from '../features/request.ts';
import type { FeaturesEvent, RunEvent, StartEvent } from '../run/events.ts';
import { computedFeatures, describeFeatures } from '../run/feature-progress.ts';

const PLAIN_INTERVAL_MS = 5_000;

/**
 * Shows a run on a terminal: one line that is redrawn where there is a terminal, a line every few seconds in a log
 * file. Goes to standard error, so that standard output stays clean.
 */
export class Progress {
  private total = { steps: 0, epochs: 0 };
  /** What is special about the data was said; the next run of a sweep need not say it again. */
  private introduced = false;
  private readonly stream = process.stderr;
  private drawn = false;
  private shown = Number.NEGATIVE_INFINITY;

  show(event: RunEvent): void {
    switch (event.type) {
      case 'start':
        if (this.total.steps === 0) for (const text of notUsed(event)) this.line(text);
        this.total = { steps: event.totalSteps, epochs: event.epochs };
        this.line(
          `${event.resumed ? `continuing after step ${event.fromStep}` : 'training'}: ${counted(event.classes, 'class')}, ` +
            `${counted(event.samples, 'image')}, ${counted(event.totalSteps, 'step')}; ${event.trainEngine.name} on ${event.trainEngine.device}`,
        );
        this.introduced = true;
        break;
      case 'features':
        this.introduced = true;
        this.featuresOf(event);
        break;
      case 'step': {
        const step = event.first + event.loss.length - 1;
        this.status(
          `epoch ${event.epoch}/${this.total.epochs} ${bar(step, this.total.steps)} step ${step}/${this.total.steps}  ` +
            `loss ${event.loss.at(-1)!.toFixed(4)}${rate(event.speed)}  ${left(event.secondsLeft)}`,
          step === this.total.steps,
        );
        break;
      }
      case 'epoch':
        this.line(
          `epoch ${event.epoch}: mean loss ${event.meanLoss.toFixed(4)} (${formatShortDuration(event.seconds)})`,
        );
        break;
      case 'checkpoint':
        this.line(`checkpoint: ${event.file}`);
        break;
      case 'eval':
        this.line(
          `step ${event.step}: ${Object.entries(event.metrics)
            .map(([k, v]) => `${k} ${v.toFixed(4)}`)
            .join('  ')}`,
        );
        break;
      case 'warning':
        this.line(`warning: ${event.text}`);
        break;
      case 'log':
        if (!this.introduced) this.line(event.text);
        break; // the rest of the log is a file
      case 'end':
      case 'error':
        break; // how it ended is the command's last word
    }
  }

  private featuresOf(
    event: Pick<FeaturesEvent, 'done' | 'total' | 'reused' | 'speed' | 'secondsLeft'>,
  ): void {
    const { done, total } = computedFeatures(event);
    const words = describeFeatures(event);
    if (total === 0) this.line(`features: ${words}`);
    else
      this.status(
        `features ${bar(done, total)} ${words}${rate(event.speed)}  ${left(event.secondsLeft)}`,
        done === total,
      );
  }

  /** Progress of the feature store outside a run. */
  features(progress: FeatureProgress): void {
    const { phase, done, total, text } = progress;
    if (phase === 'computing') this.featuresOf(progress);
    else this.status(`${text} ${bar(done, total)} ${done}/${total}`);
  }

  /** So much of the whole. */
  count(text: string, done: number, total: number): void {
    this.status(`${text} ${done}/${total}`);
  }

  /** A line that stays. */
  line(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** A line that the next one replaces. */
  status(text: string, last = false): void {
    const now = performance.now();
    if (this.stream.isTTY) {
      this.clear();
      this.stream.write(text.slice(0, (this.stream.columns || 80) - 1));
      this.drawn = true;
    } else if (last || now - this.shown > PLAIN_INTERVAL_MS) {
      this.stream.write(`${text.trimEnd()}\n`);
      this.shown = now;
    }
  }

  clear(): void {
    if (this.drawn) this.stream.write('\r\x1b[2K');
    this.drawn = false;
  }
}

/** Why each better engine does not compute. */
function notUsed({ trainEngine, featureEngine }: StartEvent): string[] {
  const rejected = [...trainEngine.rejected, ...(featureEngine?.rejected ?? [])];
  return rejected.map(({ name, reason }) => `not used: ${name}: ${reason}`);
}

function bar(done: number, total: number, width = 20): string {
  const filled = total > 0 ? Math.floor((width * done) / total) : 0;
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

/** Nothing where too little happened to tell. */
export function rate(imagesPerSecond: number): string {
  return imagesPerSecond > 0 ? `  ${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s` : '';
}

export function left(seconds: number): string {
  return seconds >= 1 && Number.isFinite(seconds) ? `${formatDuration(seconds)} left` : '';
}
