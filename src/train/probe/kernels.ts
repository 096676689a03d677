import { internalError, MdfeError } from '../../common/errors.ts';
import { createHead } from '../../heads/create.ts';
import type { HeadState, MarginHead } from '../../heads/head.ts';
import { breakBarrier } from '../../kernels/fork-join.ts';
import { kernelModule, sharedMemory } from '../../kernels/module.ts';
import { OWN_FIELDS, PROBE_STAGES, SHARED_FIELDS } from '../../kernels/probe-layout.ts';
import { type ProbePlan, padTo, planProbe, writeBlock } from '../../kernels/probe-memory.ts';
import type { ThreadData } from '../../kernels/stages.ts';
import { type Member, Team } from '../../kernels/team.ts';
import { kernelThreads } from '../../kernels/threads.ts';
import type { EngineReport } from '../../run/events.ts';
import type { ProbeBatch, ProbeEngine, ProbeSpec, ProbeState, Tensor } from './engine.ts';
import { drawInitialWeights } from './initial.ts';
import type { CoordinatorData, CoordinatorReply, CoordinatorRequest } from './kernels-coordinator.worker.ts';
import { optimizerOf } from './kernels-optimizer.ts';
import { type StoredTensor, storedTensors } from './kernels-weights.ts';
import { checkBatch, checkImport, headStateFromTensors, headStateToTensors } from './state.ts';

const STEP = 'optimizer.step';

export interface KernelOptions {
  /** Default: the cores that this process may use, at most 16. */
  readonly threads?: number | undefined;
}

/**
 * The probe on our own WebAssembly kernels (docs/kernels.md): worker threads over one shared memory, sized once.
 * Nothing here waits for them: the coordinator is a worker too.
 *
 * @throws MdfeError `kernels/too-large` when the sizes do not fit, with the figures
 */
export async function createKernelProbe(
  spec: ProbeSpec,
  report: EngineReport,
  options: KernelOptions = {},
): Promise<KernelProbe> {
  const threads = kernelThreads(options.threads);
  const head = createHead(spec.head, spec.classes, spec.classCounts);
  const { moments, sam } = optimizerOf(spec.optimizer);
  const plan = planProbe({
    width: spec.width,
    embeddingDim: spec.embeddingDim,
    classes: spec.classes,
    centres: head.k,
    batchSize: spec.batchSize,
    linearNeck: spec.neck === 'proj_layer',
    rowParameters: head.rowNames.length,
    moments: moments.length as 0 | 1 | 2,
    spare: sam,
    threads,
  });
  const memory = allocate(plan);
  writeBlock(memory, plan.sharedBlock, SHARED_FIELDS, plan.shared);
  plan.own.forEach((own, i) => {
    writeBlock(memory, plan.ownBlocks[i]!, OWN_FIELDS, own);
  });
  const probe = new KernelProbe(spec, report, head, plan, memory);
  await probe.start();
  return probe;
}

export class KernelProbe implements ProbeEngine {
  readonly report: EngineReport;
  /** Milliseconds of the last step on the coordinator: without the queue before and after it. */
  lastStepMilliseconds = 0;
  private readonly spec: ProbeSpec;
  private readonly plan: ProbePlan;
  private readonly memory: WebAssembly.Memory;
  private readonly tensors: readonly StoredTensor[];
  private headState: HeadState;
  private optimizerStep = 0;
  /** Before the first step nobody has touched them: a large head's would be 100 MB of zeros. */
  private momentsAreZero = true;
  private team: Team | undefined;
  private failure: Error | undefined;
  private pending: { resolve(reply: CoordinatorReply): void; reject(error: Error): void } | undefined;
  /** Work is done one piece after another: all pieces share one memory. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    spec: ProbeSpec,
    report: EngineReport,
    head: MarginHead,
    plan: ProbePlan,
    memory: WebAssembly.Memory,
  ) {
    this.spec = spec;
    this.report = report;
    this.plan = plan;
    this.memory = memory;
    this.tensors = storedTensors(spec, plan, memory);
    this.headState = head.initialState();
    for (const { name, draw } of drawInitialWeights(spec, head))
      this.tensors.find((tensor) => tensor.name === name)!.fill(draw);
  }

  async start(): Promise<void> {
    const { memory, plan, spec } = this;
    const module = kernelModule('probe');
    const members = plan.ownBlocks.map((own, i): Member => {
      const thread: ThreadData = { module, memory, stages: PROBE_STAGES, shared: plan.sharedBlock, own };
      return i === 0
        ? {
            file: 'kernels-coordinator.worker.mjs',
            data: { thread, spec, plan } satisfies CoordinatorData,
          }
        : { file: 'kernel-thread.worker.mjs', data: { ...thread, control: plan.control } };
    });
    this.team = await Team.start(
      members,
      (_from, message) => {
        const { pending } = this;
        this.pending = undefined;
        pending?.resolve(message as CoordinatorReply);
      },
      (error) => this.fail(error),
    );
  }

  step(batch: ProbeBatch): Promise<{ readonly loss: number }> {
    return this.enqueue(async () => {
      checkBatch(batch, this.spec);
      const rows = batch.labels.length;
      if (rows > this.spec.batchSize)
        throw internalError(`a batch of ${rows} rows where at most ${this.spec.batchSize} were announced`);
      this.writeFeatures(batch.features, rows);
      this.momentsAreZero = false;
      new Int32Array(this.memory.buffer, this.plan.shared.labels, padTo(rows, 16)).fill(0).set(batch.labels);
      const reply = await this.ask({
        type: 'step',
        request: {
          rows,
          learningRate: batch.learningRate,
          step: this.optimizerStep + 1,
          headState: this.headState,
        },
      });
      if (reply.type !== 'stepped') throw internalError(`the coordinator answered a step with ${reply.type}`);
      this.optimizerStep++;
      this.headState = reply.headState;
      this.lastStepMilliseconds = reply.milliseconds;
      return { loss: reply.loss };
    });
  }

  embed(features: Float32Array): Promise<Float32Array> {
    return this.enqueue(async () => {
      const { width, embeddingDim, batchSize } = this.spec;
      const { embedding, dim } = this.plan.shared;
      if (features.length % width !== 0)
        throw internalError(`${features.length} features are no multiple of the width ${width}`);
      const all = features.length / width;
      const result = new Float32Array(all * embeddingDim);
      for (let from = 0; from < all; from += batchSize) {
        const rows = Math.min(batchSize, all - from);
        this.writeFeatures(features.subarray(from * width, (from + rows) * width), rows);
        await this.ask({ type: 'embed', rows });
        for (let b = 0; b < rows; b++) {
          const line = new Float32Array(this.memory.buffer, embedding + b * dim * 4, embeddingDim);
          result.set(line, (from + b) * embeddingDim);
        }
      }
      return result;
    });
  }

  exportState(): Promise<ProbeState> {
    return this.enqueue(async () => {
      const state = new Map<string, Tensor>();
      for (const tensor of this.tensors)
        if (!tensor.moment || !this.momentsAreZero) state.set(tensor.name, tensor.read());
      for (const [name, tensor] of headStateToTensors(this.headState)) state.set(name, tensor);
      state.set(STEP, { shape: [1], data: Float32Array.of(this.optimizerStep) });
      return state;
    });
  }

  importState(state: ProbeState): Promise<void> {
    return this.enqueue(async () => {
      checkImport(
        state,
        new Map<string, readonly number[]>([
          ...this.tensors.map(({ name, shape }) => [name, shape] as const),
          ...headStateToTensors(this.headState).map(([name, { shape }]) => [name, shape] as const),
          [STEP, [1]],
        ]),
      );
      for (const tensor of this.tensors) {
        const given = state.get(tensor.name);
        if (!given) continue;
        tensor.write(given);
        if (tensor.moment) this.momentsAreZero = false;
      }
      this.headState = headStateFromTensors(state, this.headState);
      this.optimizerStep = state.get(STEP)?.data[0] ?? this.optimizerStep;
    });
  }

  async dispose(): Promise<void> {
    this.fail(internalError('the probe was used after it was disposed of'));
    breakBarrier(this.memory, this.plan.control);
    await this.team?.stop();
  }

  /** Ends one thread, as the system might: for tests. */
  async endThread(index: number): Promise<void> {
    await this.team!.endMember(index);
  }

  /** Bytes of shared memory that this probe occupies. */
  get memoryBytes(): number {
    return this.plan.bytes;
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      if (this.failure) throw this.failure;
      return work();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private ask(request: CoordinatorRequest): Promise<CoordinatorReply> {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.team!.post(0, request);
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    breakBarrier(this.memory, this.plan.control);
    this.pending?.reject(this.failure);
    this.pending = undefined;
  }

  /** Gathers a batch into shared memory; padded columns stay zero, padded rows become zero. */
  private writeFeatures(features: Float32Array, rows: number): void {
    const { width } = this.spec;
    const { features: address, width: padded } = this.plan.shared;
    const target = new Float32Array(this.memory.buffer, address, padTo(rows, 16) * padded);
    if (padded === width) target.set(features);
    else for (let b = 0; b < rows; b++) target.set(features.subarray(b * width, (b + 1) * width), b * padded);
    target.fill(0, rows * padded);
  }
}

function allocate(plan: ProbePlan): WebAssembly.Memory {
  try {
    return sharedMemory(plan.bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MdfeError({
      code: 'kernels/no-memory',
      what: 'the system does not give the memory that training needs',
      got: `${(plan.bytes / 2 ** 20).toFixed(0)} MiB were asked for`,
      todo: 'free memory, or choose a smaller DATALOADER.batch_size, MODEL.HEAD.k or MODEL.embedding_dim',
      cause,
    });
  }
}
