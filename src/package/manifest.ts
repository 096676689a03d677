import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { ModelFormat } from './model-file.ts';
import { readPieces } from './pieces.ts';

/** What a package holds, for whoever unpacks it: size and checksum of the model, and what it computes. */
export interface Manifest {
  readonly version: 1;
  readonly name: string;
  readonly format: ModelFormat;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly embeddingDim: number;
  /** Side that images are resized to, pixels. */
  readonly imageSize: number;
  /** Type that the weights are stored as. */
  readonly weights: 'float32' | 'float16';
}

export type ModelFacts = Pick<
  Manifest,
  'name' | 'format' | 'file' | 'embeddingDim' | 'imageSize' | 'weights'
>;

/** Reads the file once more: what is hashed is what lies on the disk. */
export async function describeModel(
  path: string,
  facts: ModelFacts,
  signal?: AbortSignal,
): Promise<Manifest> {
  const hash = createHash('sha256');
  for await (const piece of readPieces(path, signal)) hash.update(piece);
  const { size } = await stat(path);
  return { version: 1, ...facts, size, sha256: hash.digest('hex') };
}

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
