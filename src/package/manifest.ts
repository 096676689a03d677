import type { ModelFormat } from './model-file.ts';

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

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
