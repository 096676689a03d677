import { writeShard } from './shard.ts';

const ROWS_PER_SHARD = 4096;
/** Seconds of work that a kill may cost. */
const FLUSH_MS = 30_000;

/** Collects computed features and writes a shard when there are enough, or often enough. */
export class ShardWriter {
  private readonly folder: string;
  private readonly width: number;
  private readonly dtype: 'float32' | 'float16';
  private number: number;
  private rows: string[] = [];
  private features: Float32Array;
  private started = performance.now();
  /** One shard is written while the next one fills; never more, so memory stays bounded. */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string, firstNumber: number, width: number, dtype: 'float32' | 'float16') {
    this.folder = folder;
    this.number = firstNumber;
    this.width = width;
    this.dtype = dtype;
    this.features = new Float32Array(ROWS_PER_SHARD * width);
  }

  async add(view: number, imageKey: string, features: Float32Array): Promise<void> {
    if (this.rows.length === 0) this.started = performance.now();
    this.features.set(features, this.rows.length * this.width);
    this.rows.push(`${view}\t${imageKey}`);
    const due = performance.now() - this.started > FLUSH_MS;
    if (this.rows.length === ROWS_PER_SHARD || due) await this.startShard();
  }

  /** Writes what is there and waits for the disk. */
  async finish(): Promise<void> {
    await this.startShard();
    await this.writing;
  }

  private async startShard(): Promise<void> {
    await this.writing;
    if (this.rows.length === 0) return;
    const { rows, features } = this;
    this.rows = [];
    this.features = new Float32Array(ROWS_PER_SHARD * this.width);
    const used = features.subarray(0, rows.length * this.width);
    this.writing = writeShard(this.folder, this.number++, rows, used, this.width, this.dtype);
    this.writing.catch(() => undefined); // thrown by the next startShard or by finish
  }
}
