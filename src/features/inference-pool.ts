import { InferenceThread } from './inference.ts';
import type { InferenceJob, InferenceSetup } from './inference-protocol.ts';

/** Inference threads beside one another; a job goes to the first that is free. Started as they are needed. */
export class InferencePool {
  private readonly threads: InferenceThread[] = [];
  private readonly idle: InferenceThread[] = [];
  private readonly waiting: ((thread: InferenceThread) => void)[] = [];
  private readonly setup: InferenceSetup;
  private readonly most: number;

  constructor(setup: InferenceSetup, most: number) {
    this.setup = setup;
    this.most = most;
  }

  /** Features [count, width] of the first `count` images of a shared batch. */
  async run(job: InferenceJob): Promise<Float32Array> {
    const thread = await this.take();
    try {
      return await thread.run(job);
    } finally {
      const next = this.waiting.shift();
      if (next) next(thread);
      else this.idle.push(thread);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private async take(): Promise<InferenceThread> {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.threads.length >= this.most) return new Promise((resolve) => this.waiting.push(resolve));
    const started = new InferenceThread(this.setup);
    this.threads.push(started);
    return started;
  }
}
