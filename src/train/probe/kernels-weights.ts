import type { ProbePlan } from '../../kernels/probe-memory.ts';
import type { ProbeSpec, Tensor } from './engine.ts';
import { HEAD_WEIGHT, NECK_BIAS, NECK_WEIGHT } from './initial.ts';
import { optimizerOf } from './kernels-optimizer.ts';

/** A saved tensor as it lies in the kernels' memory: padded, and the neck's weight transposed. */
export interface StoredTensor {
  readonly name: string;
  /** As published. */
  readonly shape: readonly number[];
  /** A running moment of the optimizer, not a weight. */
  readonly moment: boolean;
  read(): Tensor;
  write(tensor: Tensor): void;
  /** Takes its numbers row by row, in the published order. */
  fill(draw: (row: Float32Array<ArrayBufferLike>) => void): void;
}

/** All weights and moments, in the order they are saved in: weights first, then each weight's moments. */
export function storedTensors(spec: ProbeSpec, plan: ProbePlan, memory: WebAssembly.Memory): StoredTensor[] {
  const { shared } = plan;
  const { dim, width } = shared;
  const { embeddingDim } = spec;
  const { moments } = optimizerOf(spec.optimizer);
  const rows = spec.classes * shared.centres;

  // The same arrangement holds for a weight and for each of its moments.
  const neckWeight = {
    name: NECK_WEIGHT,
    shape: [embeddingDim, spec.width],
    bases: [shared.neckWeight, shared.neckFirst, shared.neckSecond],
    at: (d: number, w: number) => w * dim + d,
    rowsWhole: false,
  };
  const neckBias = {
    ...neckWeight,
    name: NECK_BIAS,
    shape: [embeddingDim],
    at: (d: number) => width * dim + d,
  };
  const head = {
    name: HEAD_WEIGHT,
    shape: [rows, embeddingDim],
    bases: [shared.headWeight, shared.headFirst, shared.headSecond],
    at: (row: number, d: number) => row * dim + d,
    rowsWhole: true,
  };
  const arrangements = spec.neck === 'pooling' ? [head] : [neckWeight, neckBias, head];
  const stored = (a: Arrangement, base: number, prefix: string) => new PaddedTensor(a, base, prefix, memory);
  return [
    ...arrangements.map((a) => stored(a, a.bases[0]!, '')),
    ...arrangements.flatMap((a) =>
      moments.map((moment, i) => stored(a, a.bases[i + 1]!, `optimizer.${moment}.`)),
    ),
  ];
}

interface Arrangement {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index in floats of element (row, column). */
  at(row: number, column: number): number;
  /** Whether the columns of a row lie side by side. */
  readonly rowsWhole: boolean;
}

class PaddedTensor implements StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly moment: boolean;
  private readonly arrangement: Arrangement;
  private readonly floats: Float32Array<ArrayBufferLike>;
  private readonly rows: number;
  private readonly columns: number;

  constructor(arrangement: Arrangement, address: number, prefix: string, memory: WebAssembly.Memory) {
    this.arrangement = arrangement;
    this.name = prefix + arrangement.name;
    this.moment = prefix !== '';
    this.shape = arrangement.shape;
    const [rows, columns = 1] = arrangement.shape;
    this.rows = rows!;
    this.columns = columns;
    const length = arrangement.at(this.rows - 1, this.columns - 1) + 1;
    this.floats = new Float32Array(memory.buffer, address, length);
  }

  read(): Tensor {
    const data = new Float32Array(this.rows * this.columns);
    this.forEachRow((lying, from, to) => {
      if (lying) data.set(lying, from);
      else for (let i = from; i < to; i++) data[i] = this.floats[this.at(i)]!;
    });
    return { shape: this.shape, data };
  }

  write({ data }: Tensor): void {
    this.forEachRow((lying, from, to) => {
      if (lying) lying.set(data.subarray(from, to));
      else for (let i = from; i < to; i++) this.floats[this.at(i)] = data[i]!;
    });
  }

  fill(draw: (row: Float32Array<ArrayBufferLike>) => void): void {
    const numbers = new Float32Array(this.columns);
    this.forEachRow((lying, from, to) => {
      draw(lying ?? numbers);
      if (!lying) for (let i = from; i < to; i++) this.floats[this.at(i)] = numbers[i - from]!;
    });
  }

  /**
   * Visits rows `from` to `to` of the published order, with the place where their numbers lie side by side, if they do:
   * all at once where that is so for the whole tensor.
   */
  private forEachRow(
    visit: (lying: Float32Array<ArrayBufferLike> | undefined, from: number, to: number) => void,
  ): void {
    const { rows, columns, floats, arrangement } = this;
    const { rowsWhole } = arrangement;
    if (rowsWhole && floats.length === rows * columns) {
      visit(floats, 0, floats.length);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const at = arrangement.at(row, 0);
      visit(rowsWhole ? floats.subarray(at, at + columns) : undefined, row * columns, (row + 1) * columns);
    }
  }

  /** Where number `i` of the published order lies. */
  private at(i: number): number {
    const row = Math.floor(i / this.columns);
    return this.arrangement.at(row, i - row * this.columns);
  }
}
