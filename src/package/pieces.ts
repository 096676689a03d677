import { createReadStream } from 'node:fs';

/** Bytes read at once. */
const PIECE_BYTES = 4 << 20;

/** A file piece by piece. */
export function readPieces(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  return stoppable(createReadStream(path, { highWaterMark: PIECE_BYTES }), signal);
}

/** The same pieces until the signal is given; then its reason is thrown. */
export async function* stoppable(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    yield piece;
  }
}
