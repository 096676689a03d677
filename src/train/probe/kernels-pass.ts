import { createHead } from '../../heads/create.ts';
import { HEAD_NAMES, type HeadState, type MarginHead } from '../../heads/head.ts';
import { targetRows } from '../../heads/rows.ts';
import type { ForkJoin } from '../../kernels/fork-join.ts';
import {
  PROBE_STAGES,
  type ProbeStage,
  SHARED_FIELDS,
  type SharedField,
  Update,
} from '../../kernels/probe-layout.ts';
import { type ProbePlan, padTo, writeBlock } from '../../kernels/probe-memory.ts';
import type { ProbeSpec } from './engine.ts';
import { optimizerOf, stepFactors } from './kernels-optimizer.ts';

/** Radius of SAM's neighbourhood (Foret et al., ICLR 2021, arXiv 2010.01412). */
const RHO = 0.05;

/** Exponentials are taken of logits shifted so that their sum over all classes stays below e^70. */
const LARGEST_EXPONENT = 70;
/** A row whose exponentials sum to less (e^-57) may have lost some to underflow; its shift is then found exactly. */
const SMALLEST_SUM = 1e-25;

/** A step as the engine asks for it; features and labels already lie in shared memory. */
export interface StepRequest {
  readonly rows: number;
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
  readonly headState: HeadState;
}

export interface StepResult {
  /** Mean cross-entropy before the update. */
  readonly loss: number;
  readonly headState: HeadState;
}

/**
 * The coordinator's part of a step: it forks the stages, and between them does what is one number per row - the
 * head's parameters, target logits, the softmax's sums - in plain float64.
 */
export class ProbeCoordinator {
  private readonly memory: WebAssembly.Memory;
  private readonly plan: ProbePlan;
  private readonly barrier: ForkJoin;
  private readonly spec: ProbeSpec;
  private readonly head: MarginHead;

  constructor(spec: ProbeSpec, plan: ProbePlan, memory: WebAssembly.Memory, barrier: ForkJoin) {
    this.spec = spec;
    this.plan = plan;
    this.memory = memory;
    this.barrier = barrier;
    this.head = createHead(spec.head, spec.classes, spec.classCounts);
  }

  step({ rows, learningRate, step, headState }: StepRequest): StepResult {
    const { sam } = optimizerOf(this.spec.optimizer);
    this.write({
      batch: padTo(rows, 16),
      entry: HEAD_NAMES.indexOf(this.head.name),
      ...stepFactors(this.spec.optimizer, learningRate, step),
    });
    this.sortLabels(rows);
    if (!sam) return this.pass(rows, headState, Update.step);
    const first = this.pass(rows, headState, Update.store);
    this.write({ climb: RHO / (Math.sqrt(this.gradientSquares()) + 1e-12) });
    this.run('climb');
    const second = this.pass(rows, first.headState, Update.restoreAndStep);
    return { loss: first.loss, headState: second.headState };
  }

  /** The neck's output for `rows` rows, in `embedding`. */
  embed(rows: number): void {
    this.write({ batch: padTo(rows, 16) });
    this.run('embedOnly');
  }

  /** Forward and backward; what happens to the gradient is `update`'s matter. */
  private pass(rows: number, headState: HeadState, update: number): StepResult {
    const { head } = this;
    const { shared } = this.plan;
    this.write({ update });
    this.run('embed');
    const targetCosine = this.floats(shared.targetCosines, rows).slice();
    const facts = {
      targetCosine,
      norms: this.floats(shared.norms, rows).slice(),
      labels: this.ints(shared.labels, rows).slice(),
      ...(head.needsPartition && { logMeanPartition: this.logMeanPartition(rows, headState) }),
    };
    const parameters = head.prepare(facts, headState);
    const target = targetRows(head, parameters, targetCosine);
    const stride = padTo(rows, 16);
    head.rowNames.forEach((name, i) => {
      this.floats(shared.rowParameters + i * stride * 4, stride)
        .fill(0)
        .set(parameters.rows[name]!);
    });
    this.write({ scale: parameters.scale });

    // A constant shift instead of the running maximum: see docs/kernels.md.
    const shifts = this.floats(shared.shifts, stride);
    shifts.fill(head.bound(parameters) - LARGEST_EXPONENT + Math.log(this.spec.classes));
    const sums = this.sums('forward', rows, shifts, target.logit);
    const factors = this.floats(shared.rowFactors, stride).fill(0);
    const gradients = this.floats(shared.targetGradients, stride).fill(0);
    let loss = 0;
    for (let b = 0; b < rows; b++) {
      const own = Math.exp(target.logit[b]! - shifts[b]!);
      const all = sums[b]! + own;
      const ratio = sums[b]! / own;
      // The first form keeps its digits when the row is classified well, the second when it is not.
      loss += ratio < 1 ? Math.log1p(ratio) : Math.log(all) + shifts[b]! - target.logit[b]!;
      factors[b] = parameters.scale / (rows * all);
      // probability - 1, without the cancellation when the probability is nearly 1
      gradients[b] = ((-sums[b]! / all) * target.slope[b]!) / rows;
    }
    this.run('backward');
    if (shared.linearNeck) this.run('neck');
    return { loss: loss / rows, headState: parameters.state };
  }

  /** Sum of the other classes' exponentials per row, by `stage`; adjusts `shifts` where they were too large. */
  private sums(stage: 'forward' | 'partition', rows: number, shifts: Float32Array, own?: Float32Array) {
    this.run(stage);
    const sums = this.overThreads(rows, (a, b) => a + b);
    const total = (b: number) => sums[b]! + (own ? Math.exp(own[b]! - shifts[b]!) : 0);
    if (sums.every((_, b) => total(b) >= SMALLEST_SUM || Number.isNaN(total(b)))) return sums;
    this.run('largest');
    const largest = this.overThreads(rows, Math.max);
    for (let b = 0; b < rows; b++) shifts[b] = Math.max(largest[b]!, own?.[b] ?? Number.NEGATIVE_INFINITY);
    this.run(stage);
    return this.overThreads(rows, (a, b) => a + b);
  }

  private logMeanPartition(rows: number, headState: HeadState): number {
    const scale = this.head.partitionScale(headState);
    const shifts = this.floats(this.plan.shared.shifts, padTo(rows, 16));
    shifts.fill(Math.abs(scale) - LARGEST_EXPONENT + Math.log(this.spec.classes));
    this.write({ scale });
    const sums = this.sums('partition', rows, shifts);
    const logs = sums.map((sum, b) => Math.log(sum) + shifts[b]!);
    const largest = logs.reduce((a, b) => Math.max(a, b));
    return largest + Math.log(logs.reduce((sum, v) => sum + Math.exp(v - largest), 0) / rows);
  }

  /** What every thread found for its classes, put together in the order of the threads. [rows] */
  private overThreads(rows: number, combine: (a: number, b: number) => number): Float64Array {
    const [first, ...others] = this.plan.own.map(({ partition }) => this.floats(partition, rows));
    const result = Float64Array.from(first!);
    for (const other of others) for (let b = 0; b < rows; b++) result[b] = combine(result[b]!, other[b]!);
    return result;
  }

  private gradientSquares(): number {
    return this.plan.own.reduce(
      (sum, { squares }) => sum + new Float64Array(this.memory.buffer, squares, 1)[0]!,
      0,
    );
  }

  /** The threads walk through the classes in order and meet each row's own class on the way. */
  private sortLabels(rows: number): void {
    const { shared } = this.plan;
    const labels = this.ints(shared.labels, rows);
    const order = Int32Array.from(labels, (_, b) => b).sort((a, b) => labels[a]! - labels[b]! || a - b);
    const sorted = this.ints(shared.sortedLabels, rows + 1);
    order.forEach((b, i) => {
      sorted[i] = labels[b]!;
    });
    sorted[rows] = 0x7fffffff;
    this.ints(shared.sortedRows, rows).set(order);
  }

  private run(stage: ProbeStage): void {
    this.barrier.stage(PROBE_STAGES.indexOf(stage));
  }

  private write(values: Partial<Record<SharedField, number>>): void {
    writeBlock(this.memory, this.plan.sharedBlock, SHARED_FIELDS, values);
  }

  private floats(address: number, length: number): Float32Array<ArrayBufferLike> {
    return new Float32Array(this.memory.buffer, address, length);
  }

  private ints(address: number, length: number): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.memory.buffer, address, length);
  }
}
