import { parentPort, workerData } from 'node:worker_threads';
import { internalError } from '../common/errors.ts';
import { imageKeys } from './image-key.ts';
import { type KeyJob, type KeyReply, PATH_END } from './image-key-protocol.ts';

const port = parentPort;
if (!port) throw internalError('image-key.worker runs only as a worker thread');
const root = workerData as string;

port.on('message', ({ id, paths }: KeyJob) => {
  let reply: KeyReply;
  try {
    reply = { id, keys: imageKeys(root, paths.split(PATH_END)).join('\n') };
  } catch (error) {
    reply = { id, error: error as Error };
  }
  port.postMessage(reply);
});
