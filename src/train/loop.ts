import { RateMeter } from '../common/rate-meter.ts';
import { RunningMean } from '../common/running-mean.ts';
import type { Schedule } from '../config/schedule.ts';
import type { FeatureStore } from '../features/store.ts';
import type { RunFolder } from '../run/folder.ts';
import type { RunRecord } from '../run/record.ts';
import type { BatchOrder } from './batches.ts';
import type { Progress } from './checkpoint.ts';
import { applyDropout } from './dropout.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { ProbeBatch, ProbeEngine } from './probe/engine.ts';
import { SavedStates } from './saved-states.ts';
import { StepLog } from './step-log.ts';

export interface LoopOptions {
  readonly name: string;
  readonly engine: ProbeEngine;
  /** What the engine takes in: stored features, or images. */
  readonly store: FeatureStore;
  /** Label of each stored sample. */
  readonly labels: Int32Array;
  readonly order: BatchOrder;
  readonly schedule: Schedule;
  readonly totalSteps: number;
  /** Dropout on what the engine takes in; 0 for none. */
  readonly dropout: number;
  readonly seed: number;
  readonly batchSize: number;
  /** Whether to save after this step (from 1), and under which label. */
  readonly saveAfter: (step: number, epoch: number, epochEnds: boolean) => string | undefined;
  /** Steps between two log lines. */
  readonly printFrequency: number;
  readonly from: Progress;
  /** See Position; found when it is first asked for. */
  readonly fingerprint: () => Promise<Fingerprint>;
  /** Looks at the model between epochs; without one, nothing does. */
  readonly observer?: EpochObserver | undefined;
  /** Losses of the unfinished epoch's steps that were done before, for its mean. */
  readonly lossesOfEpoch: readonly number[];
  readonly folder: RunFolder;
  readonly signal: AbortSignal;
}

export interface EpochObserver {
  /**
   * Called before the first step, after each epoch and at the end; once more for a step that a resumed run begins with.
   * @param epoch epochs completed, rounded up
   * @param last no step follows
   */
  observe(step: number, epoch: number, last: boolean): Promise<Verdict>;
}

export interface Verdict {
  /** The best state so far: worth keeping. */
  readonly best: boolean;
  /** Training on is not worth while; the reason in words. */
  readonly stop?: string | undefined;
}

export type LoopResult = { readonly status: 'done' | 'stopped'; readonly step: number };

/** How long the loop may compute before timers and signals get their turn. */
const YIELD_MS = 40;
const RECORD_MS = 1_000;

/** Trains from a position to the end or until stopped. */
export class TrainingLoop {
  private readonly options: LoopOptions;
  private readonly log: StepLog;
  private readonly saved: SavedStates;
  private readonly meter = new RateMeter();
  /** Milliseconds of a step. */
  private readonly stepTime = new RunningMean();
  private pace = { speed: 0, secondsLeft: Number.POSITIVE_INFINITY };
  private step: number;
  private epochLoss: { sum: number; steps: number; readonly started: number };
  private observedStep = -1;
  private endsEarly = false;
  private yielded = performance.now();
  private recorded = 0;

  constructor(options: LoopOptions) {
    this.options = options;
    this.log = new StepLog(options.folder);
    this.saved = new SavedStates(options);
    this.step = options.from.step;
    this.meter.update(0, this.imagesToDo);
    this.epochLoss = {
      sum: options.lossesOfEpoch.reduce((sum, loss) => sum + loss, 0),
      steps: options.lossesOfEpoch.length,
      started: performance.now(),
    };
  }

  async run(): Promise<LoopResult> {
    const { order, totalSteps } = this.options;
    await this.saved.remember(this.position);
    // At the start, or where a run was interrupted between an epoch and its evaluation.
    if (this.step % order.stepsPerEpoch === 0) await this.observe();
    const buffers = [this.newBuffer(), this.newBuffer()] as const;
    let next = this.step < totalSteps ? await this.prepare(this.step, buffers[0]) : undefined;
    for (let turn = 1; next && !this.endsEarly; turn++) {
      const batch: ProbeBatch = next;
      const started = performance.now();
      const pending = this.options.engine.step(batch);
      // The next batch is gathered while the engine computes.
      const prepared =
        this.step + 1 < totalSteps ? this.prepare(this.step + 1, buffers[turn % 2 ? 1 : 0]) : undefined;
      const [{ loss }, following] = await Promise.all([pending, prepared]);
      // The first step also compiles.
      if (turn > 1) this.stepTime.add(performance.now() - started);
      if (!Number.isFinite(loss)) {
        this.flush();
        await this.saved.refuse(`the loss of step ${this.step + 1} is ${loss}`);
      }
      await this.finishStep(loss, batch);
      next = following;
      if (this.step % order.stepsPerEpoch === 0) await this.finishEpoch();
      if (await this.stopAsked()) return this.stop();
    }
    this.flush();
    this.options.folder.update(this.measured);
    if (this.observedStep !== this.step) await this.observe();
    // Also where the schedule of saving does not name the last step.
    await this.saved.saveStep(this.position, 'end');
    return { status: 'done', step: this.step };
  }

  /** Speed for the run's record, so far. */
  private get measured(): Pick<RunRecord, 'measured'> {
    const { measured } = this.options.folder.record;
    const { mean } = this.stepTime;
    return measured && mean !== undefined ? { measured: { ...measured, stepSeconds: mean / 1000 } } : {};
  }

  private newBuffer(): Float32Array {
    return new Float32Array(this.options.batchSize * this.options.store.width);
  }

  private async prepare(step: number, buffer: Float32Array): Promise<ProbeBatch> {
    const { order, store, labels, schedule, dropout, seed } = this.options;
    const rows = order.rows(step);
    const features = buffer.subarray(0, rows.length * store.width);
    await store.gather(rows, order.epochOf(step) % store.views, features);
    applyDropout(features, dropout, seed, step);
    return {
      features,
      labels: Int32Array.from(rows, (row) => labels[row]!),
      learningRate: schedule.rate(step),
    };
  }

  private async finishStep(loss: number, batch: ProbeBatch): Promise<void> {
    const { schedule, order, totalSteps, batchSize, printFrequency, folder } = this.options;
    this.step++;
    this.log.add(this.step, loss, batch.learningRate, schedule.rateAfter(this.step - 1));
    this.epochLoss.sum += loss;
    this.epochLoss.steps++;
    const epochEnds = this.step % order.stepsPerEpoch === 0;
    if (this.log.due || epochEnds) {
      const now = performance.now();
      this.pace = this.meter.update((this.step - this.options.from.step) * batchSize, this.imagesToDo, now);
      this.flush();
      if (now - this.recorded > RECORD_MS) {
        folder.update({ step: this.step, epoch: this.epoch, lastLoss: loss, ...this.measured });
        this.recorded = now;
      }
    }
    if (this.step % printFrequency === 0 || this.step === totalSteps)
      folder.logLine(
        `epoch ${this.epoch} step ${this.step}/${totalSteps} loss ${loss.toFixed(4)} lr ${batch.learningRate.toExponential(3)}`,
      );
    const label = this.options.saveAfter(this.step, this.epoch, epochEnds);
    if (!label) return;
    this.flush();
    await this.saved.save(label, this.position, 'schedule');
  }

  /** Epoch of the step just done, from 1. */
  private get epoch(): number {
    return this.options.order.epochOf(Math.max(0, this.step - 1)) + 1;
  }

  private async finishEpoch(): Promise<void> {
    const { sum, steps, started } = this.epochLoss;
    const seconds = (performance.now() - started) / 1000;
    const meanLoss = sum / steps;
    this.options.folder.emit({ type: 'epoch', epoch: this.epoch, meanLoss, seconds });
    this.options.folder.logLine(
      `epoch ${this.epoch} mean loss ${meanLoss.toFixed(4)} in ${seconds.toFixed(1)} s`,
    );
    await this.saved.remember(this.position);
    await this.observe();
    this.epochLoss = { sum: 0, steps: 0, started: performance.now() };
    if (this.step < this.options.totalSteps) await this.saved.autosaveWhenDue(this.position);
  }

  private async observe(): Promise<void> {
    const { observer, folder, totalSteps } = this.options;
    if (!observer) return;
    this.observedStep = this.step;
    const epoch = this.step === 0 ? 0 : this.epoch;
    const { best, stop } = await observer.observe(this.step, epoch, this.step === totalSteps);
    if (best) await this.saved.saveBest(this.position, epoch);
    if (stop === undefined || this.step === totalSteps) return;
    folder.logLine(`stopped early after step ${this.step}: ${stop}`);
    this.endsEarly = true;
  }

  private flush(): void {
    const { speed, secondsLeft } = this.pace;
    this.log.flush(this.epoch, speed, Number.isFinite(secondsLeft) ? secondsLeft : 0);
  }

  /** Of this process, counting full batches. */
  private get imagesToDo(): number {
    const { totalSteps, from, batchSize } = this.options;
    return (totalSteps - from.step) * batchSize;
  }

  private async stopAsked(): Promise<boolean> {
    if (performance.now() - this.yielded > YIELD_MS) {
      await new Promise(setImmediate);
      this.yielded = performance.now();
    }
    return this.options.signal.aborted;
  }

  private async stop(): Promise<LoopResult> {
    this.flush();
    await this.saved.saveStep(this.position, 'stop');
    return { status: 'stopped', step: this.step };
  }

  private get position(): Progress {
    return {
      step: this.step,
      epoch: Math.floor(this.step / this.options.order.stepsPerEpoch),
    };
  }
}
