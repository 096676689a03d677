import { parentPort, workerData } from 'node:worker_threads';
import { describeError, internalError, MdfeError } from '../common/errors.ts';
import { createSession } from '../lower/onnx/session.ts';
import type { InferenceJob, InferenceReply, InferenceSetup } from './inference-protocol.ts';

// ONNX Runtime's run() blocks the thread that calls it, so it has this one to itself.
const port = parentPort;
if (!port) throw internalError('inference.worker runs only as a worker thread');
const { model, weightsFolder, providers, threads, prepack, compiled, batches, size } =
  workerData as InferenceSetup;
const session = createSession(model, weightsFolder, { providers, threads, prepack });
session.catch(() => undefined); // reported with the first job
/** ONNX Runtime does not take shared memory: each job copies its pixels here, so jobs run one after the other. */
const pixels = new Float32Array(batches[0]!.byteLength / 4);
let last: Promise<void> = Promise.resolve();

port.on('message', (job: InferenceJob) => {
  last = last.then(() => run(job));
});

async function run({ batch, count }: InferenceJob): Promise<void> {
  try {
    const image = 3 * size * size;
    const images = compiled ? pixels.length / image : count;
    const used = images * image;
    pixels.set(new Float32Array(batches[batch]!, 0, used));
    const output = await (await session).run(pixels.subarray(0, used), [images, 3, size, size]);
    // A copy: the output may lie in ONNX Runtime's memory, which cannot be handed over.
    const features = output.slice(0, (output.length / images) * count);
    reply({ features }, [features.buffer as ArrayBuffer]);
  } catch (error) {
    const details = error instanceof MdfeError ? { ...error.details, cause: undefined } : undefined;
    reply({ error: { text: describeError(error), details } });
  }
}

function reply(message: InferenceReply, transfer: ArrayBuffer[] = []): void {
  port!.postMessage(message, transfer);
}
