import { internalError } from '../common/errors.ts';

/** Words of the control block in shared memory. */
const GENERATION = 0;
const STAGE = 1;
const DONE = 2;
const BROKEN = 3;
export const CONTROL_BYTES = 16;

/** Turns of a busy loop before a thread goes to sleep: stages follow one another within microseconds. */
const SPIN = 3000;

/** Runs stage number `stage` on this thread. */
export type RunStage = (stage: number) => void;

/**
 * The barrier between one coordinator and its helpers, all worker threads. Each stage is forked to all and joined:
 * the coordinator computes its own share in between. Atomics order the memory, so a stage sees all that the one
 * before it wrote.
 */
export class ForkJoin {
  private readonly control: Int32Array<ArrayBufferLike>;
  private readonly helpers: number;
  private readonly run: RunStage;

  constructor(memory: WebAssembly.Memory, control: number, threads: number, run: RunStage) {
    this.control = new Int32Array(memory.buffer, control, CONTROL_BYTES / 4);
    this.helpers = threads - 1;
    this.run = run;
  }

  /** Returns when every thread has run the stage. */
  stage(stage: number): void {
    const { control, helpers } = this;
    if (helpers === 0) {
      this.run(stage);
      return;
    }
    Atomics.store(control, DONE, 0);
    Atomics.store(control, STAGE, stage);
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    this.run(stage);
    for (let i = 0; i < SPIN && Atomics.load(control, DONE) < helpers; i++);
    for (;;) {
      const done = Atomics.load(control, DONE);
      if (Atomics.load(control, BROKEN))
        throw internalError('a kernel thread ended while a step was running');
      if (done >= helpers) return;
      Atomics.wait(control, DONE, done);
    }
  }
}

/** What a helper does for its whole life: wait for a stage, run it, report. */
export function helperLoop(memory: WebAssembly.Memory, address: number, run: RunStage): void {
  const control = new Int32Array(memory.buffer, address, CONTROL_BYTES / 4);
  let generation = 0;
  for (;;) {
    for (let i = 0; i < SPIN && Atomics.load(control, GENERATION) === generation; i++);
    while (Atomics.load(control, GENERATION) === generation) Atomics.wait(control, GENERATION, generation);
    generation = Atomics.load(control, GENERATION);
    const stage = Atomics.load(control, STAGE);
    if (stage < 0) return;
    run(stage);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}

/** Makes helpers return and a waiting coordinator throw; callable from any thread, also one that must not wait. */
export function breakBarrier(memory: WebAssembly.Memory, address: number): void {
  const control = new Int32Array(memory.buffer, address, CONTROL_BYTES / 4);
  Atomics.store(control, BROKEN, 1);
  Atomics.store(control, STAGE, -1);
  Atomics.add(control, GENERATION, 1);
  Atomics.notify(control, GENERATION);
  Atomics.add(control, DONE, 1);
  Atomics.notify(control, DONE);
}
