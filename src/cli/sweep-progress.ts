import { formatDuration } from '../common/duration.ts';
import type { RunEvent } from '../run/events.ts';
import type { SweepRecord, SweepRunRecord } from '../run/sweep-record.ts';
import { sweepSecondsLeft } from '../run/sweep-time.ts';
import { Progress } from './progress.ts';

/** The progress of a run, with its place in the sweep and the time that the whole sweep still takes. */
export class SweepProgress extends Progress {
  private record: SweepRecord | undefined;
  private current: { readonly run: SweepRunRecord; started: number; left: number } | undefined;

  next(run: SweepRunRecord, record: SweepRecord): void {
    this.record = record;
    this.current = { run, started: Number.NaN, left: 0 };
    this.line(`run ${run.index}/${record.runs.length}: ${run.label}`);
  }

  end(run: SweepRunRecord, record: SweepRecord): void {
    this.record = record;
    this.current = undefined;
    if (run.state === 'failed') this.line(`run ${run.index} failed: ${run.error?.text}`);
    else if (run.state === 'done')
      this.line(`run ${run.index} done${score(run, record)}${left(this.secondsLeft)}`);
  }

  override show(event: RunEvent): void {
    if (this.current && event.type === 'start') this.current.started = performance.now();
    if (this.current && (event.type === 'features' || event.type === 'step'))
      this.current.left = event.secondsLeft;
    super.show(event);
  }

  override status(text: string, last = false): void {
    const { current, record } = this;
    super.status(
      current && record
        ? `${current.run.index}/${record.runs.length} ${text}${left(this.secondsLeft)}`
        : text,
      last,
    );
  }

  private get secondsLeft(): number | undefined {
    const { current, record } = this;
    if (!record) return undefined;
    return sweepSecondsLeft(
      record.runs,
      current && {
        index: current.run.index,
        elapsed: (performance.now() - current.started) / 1000,
        left: current.left,
      },
    );
  }
}

function score({ score: value, loss }: SweepRunRecord, { metric }: SweepRecord): string {
  if (metric.name !== 'loss' && value !== undefined) return `: ${metric.name} ${value.toFixed(4)}`;
  return loss === undefined ? '' : `: loss ${loss.toFixed(4)}`;
}

function left(seconds: number | undefined): string {
  return seconds === undefined || seconds < 1 ? '' : `, sweep ${formatDuration(seconds)} left`;
}
