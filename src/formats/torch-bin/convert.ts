import { basename } from 'node:path';
import { MdfeError } from '../../common/errors.ts';
import { writeSafetensors } from '../safetensors.ts';
import { openTorchFile } from './open.ts';

export interface TorchConversion {
  /** Keep only tensors whose names start so (unless none does), e.g. `visual.` of a model with two towers. */
  readonly prefix?: string | undefined;
  /** Called with 0..1 after each tensor. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a checkpoint's tensors into a safetensors file under the same names and in the same number types. One
 * tensor is held in memory at a time.
 */
export async function convertTorchFile(
  source: string,
  target: string,
  { prefix = '', onProgress, signal }: TorchConversion = {},
): Promise<void> {
  const file = await openTorchFile(source);
  try {
    const matching = [...file.tensors].filter(([name]) => name.startsWith(prefix));
    const kept = matching.length > 0 ? matching : [...file.tensors];
    refuseReservedName(
      source,
      kept.map(([name]) => name),
    );
    let done = 0;
    await writeSafetensors(
      target,
      kept.map(([name, { dtype, shape, read }]) => {
        const data = async () => {
          signal?.throwIfAborted();
          const bytes = await read();
          onProgress?.(++done / kept.length);
          return bytes;
        };
        return [name, { raw: dtype, shape, data }] as const;
      }),
      { format: 'pt', converted_from: basename(source) },
    );
  } finally {
    await file.close();
  }
}

/** The one name that safetensors keeps for itself. */
function refuseReservedName(source: string, names: readonly string[]): void {
  if (!names.includes('__metadata__')) return;
  throw new MdfeError({
    code: 'torch-bin/reserved-name',
    what: 'a tensor is named __metadata__, which safetensors reserves',
    where: source,
    todo: 'rename that tensor',
  });
}
