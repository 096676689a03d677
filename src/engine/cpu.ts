import { availableParallelism, cpus } from 'node:os';
import { counted } from '../common/counted.ts';

/** Threads that this process may use. */
function cpuThreads(): number {
  return availableParallelism();
}

/** e.g. `AMD EPYC 7B13, 2 threads` */
export function describeCpu(threads = cpuThreads()): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() || process.arch;
  return `${model}, ${counted(threads, 'thread')}`;
}
