/**
 * Protocol Buffers wire format, writing only (https://protobuf.dev/programming-guides/encoding). A message is a list
 * of chunks; large byte fields are kept by reference and copied once, at the end.
 */
export class ProtoWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  /** int64 or enum; leaves out nothing, not even zero. */
  int(field: number, value: number): this {
    this.varint(field << 3);
    return this.varint(value);
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    return this.push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    return this.push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Packed repeated int64. */
  ints(field: number, values: readonly number[]): this {
    const packed = new ProtoWriter();
    for (const value of values) packed.varint(value);
    return this.message(field, packed);
  }

  message(field: number, value: ProtoWriter): this {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    for (const chunk of value.chunks) this.chunks.push(chunk);
    this.length += value.length;
    return this;
  }

  /** Tag and length of a byte field or message whose `length` bytes the caller writes right after `finish()`. */
  announce(field: number, length: number): this {
    this.varint((field << 3) | 2);
    return this.varint(length);
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      result.set(chunk, at);
      at += chunk.length;
    }
    return result;
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this;
  }

  /** Negative numbers take ten bytes, as int64 prescribes. */
  private varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.push(Uint8Array.from(bytes));
  }
}
