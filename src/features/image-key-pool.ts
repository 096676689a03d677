import { Worker } from 'node:worker_threads';
import { distFile } from '../common/dist.ts';
import { type KeyJob, type KeyReply, PATH_END } from './image-key-protocol.ts';

interface Waiting {
  readonly resolve: (keys: string[]) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that look image files up. Callers bound what they ask for at a time. */
export class ImageKeyPool {
  private readonly workers: readonly Worker[];
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;

  /** @param root see imageKeys */
  constructor(root: string, threads: number) {
    this.workers = Array.from({ length: threads }, () => {
      const worker = new Worker(distFile('image-key.worker.mjs'), { workerData: root });
      worker.on('message', (reply: KeyReply) => this.receive(reply));
      worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
      return worker;
    });
  }

  /** What imageKeys gives, from the next thread in turn. */
  keys(paths: readonly string[]): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const job: KeyJob = { id: this.next++, paths: paths.join(PATH_END) };
      this.waiting.set(job.id, { resolve, reject });
      this.workers[job.id % this.workers.length]!.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private receive(reply: KeyReply): void {
    const { resolve, reject } = this.waiting.get(reply.id)!;
    this.waiting.delete(reply.id);
    if ('keys' in reply) resolve(reply.keys.split('\n'));
    else reject(reply.error);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
