import { createHash } from 'node:crypto';
import type { Precision } from '../common/precision.ts';
import { contentHash } from './identity.ts';
import type { FeatureRequest } from './request.ts';

/** Everything that decides the numbers, images aside. A change of the stored form needs a new version. */
export interface StoreKey {
  readonly version: 2;
  readonly weights: readonly string[];
  /** sha256 of the graph's text. */
  readonly graph: string;
  readonly width: number;
  readonly transform: string;
  readonly size: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** How the network computed. */
  readonly precision: Precision;
  /** How features are stored. */
  readonly dtype: 'float32' | 'float16';
  /** Random transforms only. */
  readonly seed: number | null;
}

export async function storeKey(
  request: FeatureRequest,
  random: boolean,
  cacheDir: string,
): Promise<StoreKey> {
  const { backbone, transform, mean, std, precision, dtype, seed } = request;
  const weights = [];
  for (const file of backbone.weightFiles) weights.push(await contentHash(file, cacheDir));
  return {
    version: 2,
    weights: weights.sort(),
    graph: createHash('sha256').update(backbone.graphText).digest('hex'),
    width: backbone.width,
    transform: transform.name,
    size: transform.size,
    mean,
    std,
    precision,
    dtype,
    seed: random ? seed : null,
  };
}

/** Name of the key's folder. */
export function keyName(key: StoreKey): string {
  return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
}
