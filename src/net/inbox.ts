import { Writable } from 'node:stream';

/** Bytes that may wait before the sender is asked to pause. */
const HIGH_WATER = 8 << 20;

/**
 * A body as it arrives. Unlike fetch's streams it still hands out what came before the connection broke, and throws
 * only then: a download continues from the last byte received.
 */
export class Inbox extends Writable implements AsyncIterable<Uint8Array> {
  private readonly queue: Uint8Array[] = [];
  private waiting = 0;
  private ended = false;
  private failure: unknown;
  private release: (() => void) | undefined;
  private wake: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: HIGH_WATER });
    this.on('error', () => undefined); // kept by fail(), thrown to whoever reads
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.queue.push(chunk);
    this.waiting += chunk.length;
    if (this.waiting < HIGH_WATER) done();
    else this.release = done;
    this.wake?.();
  }

  override _final(done: () => void): void {
    this.ended = true;
    this.wake?.();
    done();
  }

  /** The connection broke. */
  fail(error: unknown): void {
    if (this.ended) return;
    this.failure = error;
    this.ended = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.queue.shift();
      if (chunk) {
        yield chunk;
        this.waiting -= chunk.length;
        if (this.waiting < HIGH_WATER) {
          const release = this.release; // it may bring the next piece, and with it the next release, at once
          this.release = undefined;
          release?.();
        }
      } else if (this.failure !== undefined) throw this.failure;
      else if (this.ended) return;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
  }
}
