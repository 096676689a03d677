import type { FeatureStore } from '../features/store.ts';

/** [B, width] features -> [B, D] embeddings */
export type Embed = (features: Float32Array) => Float32Array | Promise<Float32Array>;

/** Rows that pass through the neck at once. */
const BATCH = 512;

/** Embeddings of rows of a store, in their order: [rows, dim]. Beside the result, one batch is held. */
export async function embedRows(
  store: FeatureStore,
  rows: Int32Array,
  embed: Embed,
  dim: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const embeddings = new Float32Array(rows.length * dim);
  const features = new Float32Array(BATCH * store.width);
  for (let from = 0; from < rows.length; from += BATCH) {
    signal?.throwIfAborted();
    const batch = rows.subarray(from, from + BATCH);
    const used = features.subarray(0, batch.length * store.width);
    await store.gather(batch, 0, used);
    embeddings.set(await embed(used), from * dim);
  }
  return embeddings;
}
