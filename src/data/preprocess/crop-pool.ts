import { type ChildProcess, fork } from 'node:child_process';
import { distFile } from '../../common/dist.ts';
import { internalError, MdfeError } from '../../common/errors.ts';
import type { CropJob, CropReply, CropResult, CropSetup } from './crop-job.ts';

/** Threads on which a Node process decodes, encodes and writes (libuv's default). */
const THREADS_PER_PROCESS = 4;

/**
 * Cuts images in child processes, `threads` at a time (and one more per process, which waits for its turn), and hands
 * over the results as they come, each with its job's number. Stops when `signal` says so, after the images under way.
 *
 * @throws what a process cannot do, and the signal's reason
 */
export async function cropImages(
  jobs: readonly CropJob[],
  setup: CropSetup,
  threads: number,
  onResult: (index: number, result: CropResult) => void,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const processes = Math.max(1, Math.min(jobs.length, Math.ceil(threads / THREADS_PER_PROCESS)));
  const atOnce = Math.ceil(threads / processes) + 1;
  const next = { value: 0 };
  const stop = { asked: false };
  const ends = Array.from({ length: processes }, () =>
    runProcess(jobs, setup, atOnce, next, stop, onResult, signal),
  );
  try {
    await Promise.all(ends);
  } finally {
    stop.asked = true;
    await Promise.allSettled(ends);
  }
  signal?.throwIfAborted();
}

function runProcess(
  jobs: readonly CropJob[],
  setup: CropSetup,
  atOnce: number,
  next: { value: number },
  stop: { readonly asked: boolean },
  onResult: (index: number, result: CropResult) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const child = fork(distFile('crop.worker.mjs'), [], { execArgv: [], serialization: 'advanced' });
  let running = 0;
  let failure: Error | undefined;
  const fill = () => {
    const stopped = failure !== undefined || stop.asked || signal?.aborted;
    while (!stopped && running < atOnce && next.value < jobs.length) {
      const id = next.value++;
      running++;
      child.send({ type: 'job', id, job: jobs[id]! });
    }
    if (running === 0) disconnect(child);
  };
  return new Promise((resolve, reject) => {
    child.on('message', (reply: CropReply) => {
      running--;
      if ('result' in reply) onResult(reply.id, reply.result);
      else failure ??= 'failure' in reply ? new MdfeError(reply.failure) : new Error(reply.bug);
      fill();
    });
    child.once('error', reject);
    // Not `close`, which Node does not send after a disconnect; with nothing running no message can be on its way.
    child.once('exit', (code, killedBy) => {
      if (running > 0)
        failure ??= internalError(`a cropping process ended early (${killedBy ?? `exit code ${code}`})`);
      if (failure) reject(failure);
      else resolve();
    });
    child.send({ type: 'setup', setup });
    fill();
  });
}

function disconnect(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}
