import { parentPort, workerData } from 'node:worker_threads';
import type { SearchPlan } from './search-memory.ts';
import { type SearchRequest, SearchThread } from './search-thread.ts';

export interface SearchWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly plan: SearchPlan;
  readonly thread: number;
}

const { module, memory, plan, thread } = workerData as SearchWorkerData;
const share = new SearchThread(module, memory, plan, thread);
const port = parentPort!;
port.on('message', (request: SearchRequest) => port.postMessage(share.run(request)));
port.postMessage('ready');
