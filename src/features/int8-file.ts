import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError } from '../common/atomic-file.ts';
import { openSafetensors, type TensorFile, writeSafetensors } from '../formats/safetensors.ts';
import type { Graph } from '../graph/ops.ts';
import { print } from '../graph/print.ts';
import { INT8_VERSION, int8Weights } from '../lower/onnx/int8.ts';
import { contentHash } from './identity.ts';

/**
 * The network's weights with 8-bit matrices, as a file of the cache folder that all sessions map. Made once for these
 * weights and this network; two processes that make it at the same time write the same bytes.
 */
export async function int8File(
  graph: Graph,
  weights: TensorFile,
  files: readonly string[],
  cacheDir: string,
): Promise<TensorFile> {
  const hash = createHash('sha256').update(`${INT8_VERSION}\n${print(graph)}`);
  for (const file of files) hash.update(await contentHash(file, cacheDir));
  const folder = join(cacheDir, 'int8');
  const path = join(folder, `${hash.digest('hex').slice(0, 32)}.safetensors`);
  if (!existsSync(path)) {
    try {
      await mkdir(folder, { recursive: true });
      await writeSafetensors(path, int8Weights(graph, weights));
    } catch (error) {
      throw explainWriteError(error, path);
    }
  }
  return openSafetensors(path);
}
