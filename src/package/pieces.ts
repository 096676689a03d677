import { open } from 'node:fs/promises';
import { readExactly } from '../formats/safetensors.ts';

/** Where bytes lie. */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** One piece is read while one is used and one is written. */
const BUFFERS = 3;
/** Bytes of each: few enough for the processor's caches, enough for the disk. */
const PIECE_BYTES = 4 << 20;
export const RING_BYTES = BUFFERS * PIECE_BYTES;

/** Reads files through a few buffers in turn, the next piece while the last one is used. One range at a time. */
export class PieceReader {
  private readonly memory: ArrayBuffer;
  private readonly signal: AbortSignal | undefined;
  private turn = 0;

  /**
   * @param signal ends the reading; its reason is thrown
   * @param memory of RING_BYTES
   */
  constructor(signal?: AbortSignal, memory = new ArrayBuffer(RING_BYTES)) {
    this.signal = signal;
    this.memory = memory;
  }

  /** A piece stays as it is until the next but one is asked for. */
  async *read({ path, offset, length }: FileRange): AsyncGenerator<Uint8Array> {
    const file = await open(path, 'r');
    const readFrom = async (done: number) => {
      const piece = this.take(Math.min(PIECE_BYTES, length - done));
      await readExactly(file, path, piece, offset + done);
      return piece;
    };
    try {
      let next = readFrom(0);
      for (let done = 0; done < length; done += PIECE_BYTES) {
        this.signal?.throwIfAborted();
        const piece = await next;
        if (done + PIECE_BYTES < length) {
          next = readFrom(done + PIECE_BYTES);
          next.catch(() => {}); // thrown when its turn comes
        }
        yield piece;
      }
    } finally {
      await file.close();
    }
  }

  private take(bytes: number): Uint8Array {
    const place = this.turn++ % BUFFERS;
    return new Uint8Array(this.memory, place * PIECE_BYTES, bytes);
  }
}
