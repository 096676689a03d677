import { RunHistory } from './history.ts';

/** Log lines that a panel gets; older ones are in the log file. */
export const SNAPSHOT_LINES = 2000;

/**
 * A history in a form that is cheap to send to a webview: the curves are typed arrays (12 bytes a step instead of
 * about 100 as events), so 100,000 steps are one message of 1.2 MB that needs no parsing.
 */
export interface HistorySnapshot {
  readonly loss: Float32Array;
  readonly lr: Float32Array;
  readonly lrAfter: Float32Array;
  readonly start: RunHistory['start'];
  readonly features: RunHistory['features'];
  readonly epochs: RunHistory['epochs'];
  readonly evals: RunHistory['evals'];
  readonly checkpoints: RunHistory['checkpoints'];
  readonly lines: readonly RunHistory['lines'][number][];
  readonly outcome: RunHistory['outcome'];
  readonly speed: number;
  readonly secondsLeft: number;
  readonly epoch: number;
  /** Sequence number of the next event. */
  readonly next: number;
}

export function takeSnapshot(history: RunHistory): HistorySnapshot {
  const { start, features, epochs, evals, checkpoints, outcome, speed, secondsLeft, epoch, next } = history;
  return {
    loss: Float32Array.from(history.loss),
    lr: Float32Array.from(history.lr),
    lrAfter: Float32Array.from(history.lrAfter),
    start,
    features,
    epochs: [...epochs],
    evals: [...evals],
    checkpoints: [...checkpoints],
    lines: history.lines.slice(-SNAPSHOT_LINES),
    outcome,
    speed,
    secondsLeft,
    epoch,
    next,
  };
}

/** The history again, ready for the events that follow the snapshot. */
export function restoreHistory(snapshot: HistorySnapshot): RunHistory {
  const { loss, lr, lrAfter, lines, ...rest } = snapshot;
  const history = Object.assign(new RunHistory(), rest);
  append(history.loss, loss);
  append(history.lr, lr);
  append(history.lrAfter, lrAfter);
  for (const line of lines) history.lines.push(line);
  return history;
}

function append(to: number[], from: Float32Array): void {
  for (const value of from) to.push(value); // push(...from) would overflow the stack
}
