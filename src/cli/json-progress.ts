import type { FeatureProgress } from '../features/request.ts';
import type { ProgressLine } from '../run/retrieval-messages.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { left, Progress } from './progress.ts';

const INTERVAL_MS = 100; // between two counts at least

export const JSON_PROGRESS_OPTION = {
  'json-progress': { type: 'boolean', help: 'report progress on standard error as lines of JSON' },
} as const satisfies Record<string, OptionSpec>;

/** For a terminal, or with `--json-progress` for a program that reads along. */
export function progressFor(args: Arguments): Progress {
  return args.flag('json-progress') ? new JsonProgress() : new Progress();
}

class JsonProgress extends Progress {
  private written = Number.NEGATIVE_INFINITY;

  override features({ phase, done, total, speed, secondsLeft, text }: FeatureProgress): void {
    const rate = phase === 'computing' && speed > 0 ? `${speed.toFixed(1)} images/s` : '';
    const said = [text, rate, left(secondsLeft)].filter((part) => part.trim() !== '');
    this.count(said.join(', '), done, total);
  }

  override count(text: string, done: number, total: number): void {
    const now = performance.now();
    if (done < total && now - this.written < INTERVAL_MS) return;
    this.written = now;
    write({ type: 'status', text, done, total });
  }

  override line(text: string): void {
    write({ type: 'note', text });
  }

  override status(text: string): void {
    write({ type: 'status', text, done: 0, total: 0 });
  }
}

function write(line: ProgressLine): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
