import { Rng } from '../common/rng.ts';

/** Which samples each step trains on: a pure function of seed and epoch, so that resuming needs no memory of it. */
export class BatchOrder {
  readonly stepsPerEpoch: number;
  private readonly samples: number;
  private readonly batchSize: number;
  private readonly seed: number;
  private readonly shuffle: boolean;
  private epoch = -1;
  private readonly order: Int32Array;

  constructor(options: { samples: number; batchSize: number; seed: number; shuffle: boolean }) {
    this.samples = options.samples;
    this.batchSize = options.batchSize;
    this.seed = options.seed;
    this.shuffle = options.shuffle;
    this.stepsPerEpoch = Math.ceil(options.samples / options.batchSize);
    this.order = new Int32Array(options.samples);
  }

  /** Sample numbers of step `step` (from 0); the last batch of an epoch may be smaller. */
  rows(step: number): Int32Array {
    this.load(this.epochOf(step));
    const from = (step % this.stepsPerEpoch) * this.batchSize;
    return this.order.subarray(from, Math.min(from + this.batchSize, this.samples));
  }

  /** From 0. */
  epochOf(step: number): number {
    return Math.floor(step / this.stepsPerEpoch);
  }

  private load(epoch: number): void {
    if (epoch === this.epoch) return;
    for (let i = 0; i < this.samples; i++) this.order[i] = i;
    if (this.shuffle) new Rng(this.seed, 'order', epoch).shuffle(this.order);
    this.epoch = epoch;
  }
}
