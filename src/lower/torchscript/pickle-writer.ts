/**
 * Python's pickle format, protocol 2, as far as PyTorch's archives need it. Opcodes: pickletools of Python's standard
 * library.
 */
export class PickleWriter {
  private readonly parts: Uint8Array[] = [Uint8Array.of(0x80, 2)];

  /** A class or function by name. */
  global(module: string, name: string): this {
    return this.opcode(0x63).raw(`${module}\n${name}\n`);
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.opcode(0x58).uint32(bytes.length).raw(bytes);
  }

  /** Any whole number that JavaScript holds exactly. */
  int(value: number): this {
    if (value >= 0 && value < 256) return this.opcode(0x4b, value);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
    if (value >= -(2 ** 31) && value < 2 ** 31) return this.opcode(0x4a).raw(bytes.subarray(0, 4));
    return this.opcode(0x8a, 8).raw(bytes);
  }

  bool(value: boolean): this {
    return this.opcode(value ? 0x88 : 0x89);
  }

  emptyTuple(): this {
    return this.opcode(0x29);
  }

  tuple(write: () => void): this {
    this.opcode(0x28);
    write();
    return this.opcode(0x74);
  }

  /** Calls the callable with the tuple, both written just before. */
  reduce(): this {
    return this.opcode(0x52);
  }

  /** Makes what the tuple written just before stands for outside this pickle: a storage. */
  persistent(): this {
    return this.opcode(0x51);
  }

  /** An object of a class, with attributes. */
  object(module: string, name: string, attributes: () => void): this {
    this.global(module, name).emptyTuple().opcode(0x81, 0x7d, 0x28);
    attributes();
    return this.opcode(0x75, 0x62);
  }

  finish(): Uint8Array {
    this.opcode(0x2e);
    return Buffer.concat(this.parts);
  }

  private uint32(value: number): this {
    return this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }

  private opcode(...bytes: readonly number[]): this {
    return this.raw(Uint8Array.from(bytes));
  }

  private raw(bytes: Uint8Array | string): this {
    this.parts.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    return this;
  }
}
