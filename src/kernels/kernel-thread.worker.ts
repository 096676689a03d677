import { parentPort, workerData } from 'node:worker_threads';
import { helperLoop } from './fork-join.ts';
import { instantiateStages, type ThreadData } from './stages.ts';

// A helper of a fork-join team: runs whatever stage the coordinator calls, on its own share.
const { memory, control, ...data } = workerData as ThreadData & { control: number };
const run = instantiateStages({ memory, ...data });
parentPort!.postMessage('ready');
helperLoop(memory, control, run);
