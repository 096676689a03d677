/** UTF-8 bytes of strings one after the other, and how many each has. */
export interface TextParts {
  readonly bytes: Uint8Array;
  readonly lengths: Int32Array;
}

/** Many short strings in one buffer: their UTF-8 bytes plus 8 each, a third of what strings take. */
export class TextPool {
  private bytes: Buffer = Buffer.alloc(1 << 16);
  private data = dataViewOf(this.bytes);
  private ends = new Float64Array(1 << 10);
  private used = 0;
  private count = 0;

  /** The pool that {@link parts} took apart; the bytes are not copied. */
  static from(bytes: Uint8Array, lengths: Int32Array): TextPool {
    const pool = new TextPool();
    pool.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    pool.data = dataViewOf(bytes);
    pool.ends = new Float64Array(Math.max(lengths.length, 1));
    for (let i = 0; i < lengths.length; i++) {
      pool.used += lengths[i]!;
      pool.ends[i] = pool.used;
    }
    pool.count = lengths.length;
    return pool;
  }

  /** One pool of several, one after the other. */
  static join(parts: readonly TextParts[]): TextPool {
    const total = (of: (part: TextParts) => number) => parts.reduce((sum, part) => sum + of(part), 0);
    const bytes = new Uint8Array(total((part) => part.bytes.length));
    const lengths = new Int32Array(total((part) => part.lengths.length));
    let byte = 0;
    let entry = 0;
    for (const part of parts) {
      bytes.set(part.bytes, byte);
      lengths.set(part.lengths, entry);
      byte += part.bytes.length;
      entry += part.lengths.length;
    }
    return TextPool.from(bytes, lengths);
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
      this.data = dataViewOf(larger);
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
    return this.bytes.toString('utf8', this.start(index), this.ends[index]!);
  }

  /** The entries from `from` to before `to`: ASCII is turned into strings in one piece, which takes a third of the time. */
  strings(from: number, to: number): string[] {
    const start = this.start(from);
    const length = this.start(to) - start;
    const text = this.bytes.toString('utf8', start, start + length);
    const strings = new Array<string>(to - from);
    for (let i = from; i < to; i++)
      strings[i - from] =
        text.length === length ? text.slice(this.start(i) - start, this.ends[i]! - start) : this.get(i);
    return strings;
  }

  /** UTF-8 bytes of an entry. */
  byteLength(index: number): number {
    return this.ends[index]! - this.start(index);
  }

  /** Whether the bytes of an entry stand in `text` from `from` on: makes no string. */
  standsAt(index: number, text: DataView, from: number): boolean {
    const { data } = this;
    const start = this.start(index);
    const length = this.ends[index]! - start;
    if (from + length > text.byteLength) return false;
    // From the end: paths differ there, and mostly begin alike. Four bytes at once take a third of the time.
    let at = length - 4;
    for (; at >= 0; at -= 4) if (data.getInt32(start + at) !== text.getInt32(from + at)) return false;
    for (at += 3; at >= 0; at--) if (data.getUint8(start + at) !== text.getUint8(from + at)) return false;
    return true;
  }

  /** UTF-8 bytes of all strings one after the other (not copied), and how many each has. */
  parts(): TextParts {
    const lengths = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) lengths[i] = this.byteLength(i);
    return { bytes: this.bytes.subarray(0, this.used), lengths };
  }

  /** A pool of the given entries; this one where they are all. */
  pick(indices: Int32Array): TextPool {
    if (indices.length === this.count) return this;
    const picked = new TextPool();
    for (const index of indices) picked.push(this.get(index));
    return picked;
  }

  private start(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]!;
  }
}

/** For reading what lies at any address. */
export function dataViewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
