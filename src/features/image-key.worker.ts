import { parentPort, workerData } from 'node:worker_threads';
import { internalError } from '../common/errors.ts';
import { imageKeys } from './image-key.ts';
import { type KeyJob, type KeyReply, PATH_END } from './image-key-protocol.ts';

const port = parentPort;
if (!port) throw internalError('image-key.worker runs only as a worker thread');
const root = workerData as string;

port.on('message', ({ id, paths }: KeyJob) => {
  try {
    const keys = imageKeys(root, paths.split(PATH_END));
    const transfer = [keys.bytes.buffer, keys.lengths.buffer] as ArrayBuffer[];
    port.postMessage({ id, keys } satisfies KeyReply, transfer);
  } catch (error) {
    port.postMessage({ id, error: error as Error } satisfies KeyReply);
  }
});
