import { describeError, internalError, MdfeError } from '../../common/errors.ts';
import { cropImage } from './crop-image.ts';
import type { CropMessage, CropReply, CropSetup } from './crop-job.ts';

// A process, not a thread: what sharp and the disk do runs on four threads per process, however many threads of ours.
if (!process.send) throw internalError('crop.worker runs only as a child process');

let setup: CropSetup | undefined;

process.on('message', async (message: CropMessage) => {
  if (message.type === 'setup') setup = message.setup;
  else if (setup) process.send?.(await run(message, setup));
});
// The parent decides when to stop; it hears the signals that the terminal sends to both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

async function run({ id, job }: CropMessage & { type: 'job' }, setup: CropSetup): Promise<CropReply> {
  try {
    return { id, result: await cropImage(job, setup) };
  } catch (error) {
    if (!(error instanceof MdfeError)) return { id, bug: `${job.image}: ${describeError(error)}` };
    const { cause: _, ...failure } = error.details;
    return { id, failure };
  }
}
