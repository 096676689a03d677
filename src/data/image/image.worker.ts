import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { describeError, internalError, MdfeError } from '../../common/errors.ts';
import { Rng } from '../../common/rng.ts';
import { createTransform } from '../transforms/index.ts';
import { Normaliser } from '../transforms/normalise.ts';
import { decodeRgb } from './decode.ts';
import type { ImageJob, ImageReply, WorkerSetup } from './worker-protocol.ts';

const port = parentPort;
if (!port) throw internalError('image.worker runs only as a worker thread');
const { plan, batches } = workerData as WorkerSetup;
const transform = createTransform(plan.transform.name, plan.transform.size);
const normaliser = new Normaliser(plan.mean, plan.std);
const pixelsPerImage = 3 * transform.size ** 2;

port.on('message', async (job: ImageJob) => port.postMessage(await run(job)));

async function run({ id, image, targets }: ImageJob): Promise<ImageReply> {
  try {
    const decoded = await decodeRgb(resolve(plan.root, image));
    for (const { batch, slot, view } of targets) {
      const pixels = transform.apply(decoded, new Rng(plan.seed, 'transform', image, view));
      const out = new Float32Array(batches[batch]!, slot * pixelsPerImage * 4, pixelsPerImage);
      normaliser.pack(pixels, out);
    }
    return { id, ok: true };
  } catch (error) {
    if (!(error instanceof MdfeError)) return { id, ok: false, bug: describeError(error) };
    const { cause: _, ...bad } = error.details;
    return { id, ok: false, bad };
  }
}
