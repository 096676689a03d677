import type { FeatureStore } from '../features/store.ts';

/** [B, width] features -> [B, D] embeddings */
export type Embed = (features: Float32Array) => Float32Array | Promise<Float32Array>;

/** Rows that pass through the network at once, and the numbers that they may hold. */
const MOST_ROWS = 512;
const MOST_NUMBERS = 1 << 24;

/** Embeddings of rows of a store, in their order: [rows, dim]. Beside the result, one batch is held. */
export async function embedRows(
  store: FeatureStore,
  rows: Int32Array,
  embed: Embed,
  dim: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const embeddings = new Float32Array(rows.length * dim);
  const count = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / store.width)));
  const features = new Float32Array(count * store.width);
  for (let from = 0; from < rows.length; from += count) {
    signal?.throwIfAborted();
    const batch = rows.subarray(from, from + count);
    const used = features.subarray(0, batch.length * store.width);
    await store.gather(batch, 0, used);
    embeddings.set(await embed(used), from * dim);
  }
  return embeddings;
}
