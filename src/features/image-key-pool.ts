import { Worker } from 'node:worker_threads';
import { distFile } from '../common/dist.ts';
import type { TextParts } from '../common/text-pool.ts';
import { type KeyJob, type KeyReply, PATH_END } from './image-key-protocol.ts';

interface Waiting {
  readonly thread: number;
  readonly resolve: (keys: TextParts) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that look image files up. Callers bound what they ask for at a time. */
export class ImageKeyPool {
  private readonly workers: readonly Worker[];
  /** Jobs of each thread that are not answered yet. */
  private readonly pending: number[];
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;

  /** @param root see imageKeys */
  constructor(root: string, threads: number) {
    this.pending = new Array<number>(threads).fill(0);
    this.workers = this.pending.map(() => {
      const worker = new Worker(distFile('image-key.worker.mjs'), { workerData: root });
      worker.on('message', (reply: KeyReply) => this.receive(reply));
      worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
      return worker;
    });
  }

  /** What imageKeys gives, from the thread that has least to do. */
  keys(paths: readonly string[]): Promise<TextParts> {
    return new Promise((resolve, reject) => {
      const job: KeyJob = { id: this.next++, paths: paths.join(PATH_END) };
      const thread = this.pending.indexOf(Math.min(...this.pending));
      this.pending[thread]!++;
      this.waiting.set(job.id, { thread, resolve, reject });
      this.workers[thread]!.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private receive(reply: KeyReply): void {
    const { thread, resolve, reject } = this.waiting.get(reply.id)!;
    this.waiting.delete(reply.id);
    this.pending[thread]!--;
    if ('keys' in reply) resolve(reply.keys);
    else reject(reply.error);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
