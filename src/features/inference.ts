import { Worker } from 'node:worker_threads';
import { distFile } from '../common/dist.ts';
import { internalError, MdfeError, type MdfeErrorDetails } from '../common/errors.ts';
import { forbidTelemetry } from '../lower/onnx/runtime.ts';
import type { InferenceJob, InferenceReply, InferenceSetup } from './inference-protocol.ts';

interface Pending {
  readonly resolve: (features: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/** The frozen network in a worker thread of its own; answers in the order asked. */
export class InferenceThread {
  private readonly worker: Worker;
  private readonly pending: Pending[] = [];
  private failure: Error | undefined;

  constructor(setup: InferenceSetup) {
    forbidTelemetry();
    this.worker = new Worker(distFile('inference.worker.mjs'), { workerData: setup });
    this.worker.on('message', (reply: InferenceReply) => {
      const next = this.pending.shift();
      if ('features' in reply) next?.resolve(reply.features);
      else next?.reject(toError(reply.error));
    });
    this.worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', () => this.fail(internalError('the inference worker ended')));
  }

  /** Features [count, width] of the first `count` images of a shared batch. */
  run(job: InferenceJob): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.pending.push({ resolve, reject });
      this.worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.pending.splice(0)) reject(error);
  }
}

function toError({ text, details }: { text: string; details: object | undefined }): Error {
  return details ? new MdfeError(details as MdfeErrorDetails) : new Error(text);
}
