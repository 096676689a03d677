import { internalError } from '../../common/errors.ts';

/** A fixed number of places, handed out one at a time. */
export class Slots {
  private readonly free: number[];
  private readonly waiting: ((slot: number) => void)[] = [];

  constructor(count: number) {
    if (count < 1) throw internalError('no slots');
    this.free = Array.from({ length: count }, (_, i) => i);
  }

  /** Waits for a place; give it back with `release`. */
  take(): Promise<number> {
    const slot = this.free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(slot: number): void {
    const next = this.waiting.shift();
    if (next) next(slot);
    else this.free.push(slot);
  }
}
