import { MdfeError } from '../../common/errors.ts';

export function brokenPickle(path: string, at: number, what: string): MdfeError {
  return new MdfeError({
    code: 'pickle/broken',
    what: `${what} (byte ${at} of its pickle)`,
    where: path,
    todo: 'the file is damaged or incomplete: download or copy it again',
  });
}

/** Reads a pickle's bytes in order and never beyond their end. */
export class PickleSource {
  readonly path: string;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.position;
  }

  uint8(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** A 64-bit length: it must fit into what is left, so it fits into a number. */
  length64(): number {
    return Number(this.view.getBigUint64(this.advance(8), true));
  }

  /** Big-endian, unlike everything else. */
  float64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** A copy, so that a value does not keep the whole pickle alive. */
  take(length: number): Uint8Array {
    const start = this.advance(length);
    return new Uint8Array(this.bytes.subarray(start, start + length));
  }

  text(length: number): string {
    const start = this.advance(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  /** Up to the next line feed, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw brokenPickle(this.path, this.position, 'a line without end');
    const text = this.text(end - this.position);
    this.advance(1);
    return text;
  }

  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw brokenPickle(this.path, start, 'it ends early');
    this.position = start + length;
    return start;
  }
}
