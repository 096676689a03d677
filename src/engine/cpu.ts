import { availableParallelism, cpus } from 'node:os';

/** Threads that this process may use. */
export function cpuThreads(): number {
  return availableParallelism();
}

/** e.g. `AMD EPYC 7B13, 2 threads` */
export function describeCpu(threads = cpuThreads()): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() || process.arch;
  return `${model}, ${threads} thread${threads === 1 ? '' : 's'}`;
}
