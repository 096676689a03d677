import type { RunFolder } from '../run/folder.ts';

const FLUSH_MS = 150;

/** Gathers steps and writes them as one event a few times a second: a step may take only a millisecond. */
export class StepLog {
  private first = 0;
  private loss: number[] = [];
  private lr: number[] = [];
  private lrAfter: number[] = [];
  private flushed = 0;
  private readonly folder: RunFolder;

  constructor(folder: RunFolder) {
    this.folder = folder;
  }

  add(step: number, loss: number, lr: number, lrAfter: number): void {
    if (this.loss.length === 0) this.first = step;
    this.loss.push(loss);
    this.lr.push(lr);
    this.lrAfter.push(lrAfter);
  }

  get due(): boolean {
    return performance.now() - this.flushed >= FLUSH_MS;
  }

  flush(epoch: number, speed: number, secondsLeft: number): void {
    this.flushed = performance.now();
    if (this.loss.length === 0) return;
    const { first, loss, lr, lrAfter } = this;
    this.folder.emit({ type: 'step', first, loss, lr, lrAfter, epoch, speed, secondsLeft });
    this.loss = [];
    this.lr = [];
    this.lrAfter = [];
  }
}
