import { Worker } from 'node:worker_threads';
import { distFile } from '../../common/dist.ts';
import { internalError, MdfeError } from '../../common/errors.ts';
import type { ImageJob, ImageReply, Target, WorkerSetup } from './worker-protocol.ts';

/** One image decodes in the background while the worker's thread resizes another. */
const JOBS_PER_WORKER = 2;

interface Waiting {
  readonly job: ImageJob;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Seat {
  readonly worker: Worker;
  readonly running: Map<number, Waiting>;
}

/** Worker threads that decode, transform and normalise images. Callers bound what they ask for. */
export class ImagePool {
  private readonly seats: Seat[];
  private readonly queue: Waiting[] = [];
  private nextId = 0;
  private failure: Error | undefined;

  constructor(setup: WorkerSetup, workers: number) {
    this.seats = Array.from({ length: workers }, () => this.start(setup));
  }

  /**
   * Decodes an image (path relative to the data root) and writes its views into their slots; without targets only
   * checks that it decodes.
   * @throws MdfeError `image/missing` or `image/damaged`
   */
  prepare(image: string, targets: readonly Target[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.queue.push({ job: { id: this.nextId++, image, targets }, resolve, reject });
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    this.fail(internalError('the image workers were closed'));
    await Promise.all(this.seats.map(({ worker }) => worker.terminate()));
  }

  private start(setup: WorkerSetup): Seat {
    const worker = new Worker(distFile('image.worker.mjs'), { workerData: setup });
    const seat: Seat = { worker, running: new Map() };
    worker.on('message', (reply: ImageReply) => {
      const waiting = seat.running.get(reply.id);
      seat.running.delete(reply.id);
      if (!waiting) return;
      if (reply.ok) waiting.resolve();
      else if ('bad' in reply) waiting.reject(new MdfeError(reply.bad));
      else waiting.reject(new Error(reply.bug));
      this.dispatch();
    });
    worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    return seat;
  }

  private dispatch(): void {
    for (const { worker, running } of this.seats)
      while (running.size < JOBS_PER_WORKER) {
        const next = this.queue.shift();
        if (!next) return;
        running.set(next.job.id, next);
        worker.postMessage(next.job);
      }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    const open = [...this.queue.splice(0), ...this.seats.flatMap(({ running }) => [...running.values()])];
    for (const { running } of this.seats) running.clear();
    for (const { reject } of open) reject(error);
  }
}
