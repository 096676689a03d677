import type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  ErrorEvent,
  EvalEvent,
  FeaturesEvent,
  RunEvent,
  StartEvent,
} from './events.ts';

/**
 * A run's curves, folded from its events. A resumed run repeats the steps after its checkpoint: the points of the
 * interrupted process after that step are dropped, so that every step counts once.
 */
export class RunHistory {
  start: StartEvent | undefined;
  features: FeaturesEvent | undefined;
  /** Entry i belongs to step i + 1. */
  readonly loss: number[] = [];
  readonly lr: number[] = [];
  readonly lrAfter: number[] = [];
  epochs: EpochEvent[] = [];
  evals: EvalEvent[] = [];
  checkpoints: CheckpointEvent[] = [];
  /** What happened in words, oldest first: the log, and checkpoints and ends, which have events of their own. */
  readonly lines: {
    readonly time: number;
    readonly text: string;
    readonly level: 'info' | 'warning' | 'error';
  }[] = [];
  outcome: EndEvent | ErrorEvent | undefined;
  /** Images per second and seconds left, as last said. */
  speed = 0;
  secondsLeft = Number.NaN;
  epoch = 0;
  /** Sequence number of the next event. */
  next = 0;

  get step(): number {
    return this.loss.length;
  }

  add(event: RunEvent): void {
    this.next = event.seq + 1;
    switch (event.type) {
      case 'start':
        this.start = event;
        this.outcome = undefined;
        this.dropAfter(event.fromStep);
        if (event.resumed) this.say(event, `resumed after step ${event.fromStep}`);
        break;
      case 'features':
        this.features = event;
        this.outcome = undefined;
        break;
      case 'step':
        this.loss.length = Math.min(this.loss.length, event.first - 1);
        this.lr.length = this.lrAfter.length = this.loss.length;
        this.loss.push(...event.loss);
        this.lr.push(...event.lr);
        this.lrAfter.push(...event.lrAfter);
        this.speed = event.speed;
        this.secondsLeft = event.secondsLeft;
        this.epoch = event.epoch;
        break;
      case 'epoch':
        this.epochs.push(event);
        break;
      case 'eval':
        this.evals.push(event);
        break;
      case 'checkpoint':
        this.checkpoints.push(event);
        this.say(event, `wrote ${event.file} after step ${event.step}`);
        break;
      case 'log':
        this.say(event, event.text);
        break;
      case 'warning':
        this.say(event, event.text, 'warning');
        break;
      case 'error':
        this.say(event, event.text, 'error');
        this.outcome = event;
        break;
      case 'end':
        this.outcome = event;
        this.say(event, `${event.status} after step ${event.step}`);
        break;
    }
  }

  private say({ time }: RunEvent, text: string, level: 'info' | 'warning' | 'error' = 'info'): void {
    this.lines.push({ time, text, level });
  }

  private dropAfter(step: number): void {
    this.loss.length = this.lr.length = this.lrAfter.length = Math.min(step, this.loss.length);
    const stepsPerEpoch = this.start?.stepsPerEpoch ?? 1;
    this.epochs = this.epochs.filter((e) => e.epoch * stepsPerEpoch <= step);
    this.evals = this.evals.filter((e) => e.step <= step);
    this.checkpoints = this.checkpoints.filter((c) => c.step <= step);
  }
}

export function foldEvents(events: Iterable<RunEvent>): RunHistory {
  const history = new RunHistory();
  for (const event of events) history.add(event);
  return history;
}
