import { internalError } from '../common/errors.ts';
import type { RunStage } from './fork-join.ts';

/** What a thread needs to run a kernel's stages on its share of the work. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Names of exported functions (shared block, own block) => void, in the order of their numbers. */
  readonly stages: readonly string[];
  /** Addresses of the two parameter blocks. */
  readonly shared: number;
  readonly own: number;
}

/** A kernel's stages as a function of their number. */
export function instantiateStages({ module, memory, stages, shared, own }: ThreadData): RunStage {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = stages.map((name) => {
    const stage = exports[name];
    if (typeof stage !== 'function') throw internalError(`the kernel has no stage ${name}`);
    return stage;
  });
  return (stage) => {
    functions[stage]!(shared, own);
  };
}
