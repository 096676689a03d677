import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError } from '../common/atomic-file.ts';
import { cacheFolder } from '../common/cache-dir.ts';
import { openSafetensors, type TensorFile, writeSafetensors } from '../formats/safetensors.ts';
import type { Graph } from '../graph/ops.ts';
import { print } from '../graph/print.ts';
import { randomWeights } from '../graph/random-weights.ts';

/** Random weights to start a backbone from (`--from-scratch`), as a file in our cache: always the same for a seed. */
export async function untrainedWeights(
  graph: Graph,
  seed: number,
  cacheDir: string | undefined,
): Promise<TensorFile> {
  const key = createHash('sha256')
    .update(JSON.stringify([print(graph), seed]))
    .digest('hex');
  const folder = join(cacheFolder(cacheDir), 'untrained');
  const path = join(folder, `${key.slice(0, 32)}.safetensors`);
  if (!existsSync(path)) {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw explainWriteError(error, folder);
    }
    await writeSafetensors(path, randomWeights(graph, seed), { note: 'random weights, not trained' });
  }
  return openSafetensors(path);
}
