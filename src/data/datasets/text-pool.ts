/** Many short strings in one buffer: their UTF-8 bytes plus 8 each, a third of what strings take. */
export class TextPool {
  private bytes: Buffer = Buffer.alloc(1 << 16);
  private ends = new Float64Array(1 << 10);
  private used = 0;
  private count = 0;

  /** The pool that {@link parts} took apart. */
  static from(bytes: Uint8Array, lengths: Int32Array): TextPool {
    const pool = new TextPool();
    pool.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    pool.ends = new Float64Array(Math.max(lengths.length, 1));
    for (let i = 0; i < lengths.length; i++) {
      pool.used += lengths[i]!;
      pool.ends[i] = pool.used;
    }
    pool.count = lengths.length;
    return pool;
  }

  get length(): number {
    return this.count;
  }

  /** Returns the index of the new string. */
  push(text: string): number {
    const most = text.length * 3;
    if (this.used + most > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.used + most));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    if (this.count === this.ends.length) {
      const larger = new Float64Array(this.ends.length * 2);
      larger.set(this.ends);
      this.ends = larger;
    }
    this.used += this.bytes.write(text, this.used, 'utf8');
    this.ends[this.count] = this.used;
    return this.count++;
  }

  get(index: number): string {
    return this.bytes.toString('utf8', index === 0 ? 0 : this.ends[index - 1]!, this.ends[index]!);
  }

  /** UTF-8 bytes of all strings one after the other (not copied), and how many each has. */
  parts(): { bytes: Uint8Array; lengths: Int32Array } {
    const lengths = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) lengths[i] = this.ends[i]! - (i === 0 ? 0 : this.ends[i - 1]!);
    return { bytes: this.bytes.subarray(0, this.used), lengths };
  }

  /** A pool of the given entries; this one where they are all. */
  pick(indices: Int32Array): TextPool {
    if (indices.length === this.count) return this;
    const picked = new TextPool();
    for (const index of indices) picked.push(this.get(index));
    return picked;
  }
}
