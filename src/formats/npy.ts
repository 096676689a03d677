import { writeAtomically } from '../common/atomic-file.ts';
import { internalError } from '../common/errors.ts';

/** The array starts at a multiple of this many bytes. */
const ALIGNMENT = 64;

/**
 * Writes a float32 array in NumPy's format, version 1.0, row-major and little-endian
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
export async function writeNpy(path: string, shape: readonly number[], data: Float32Array): Promise<void> {
  if (data.length !== shape.reduce((n, d) => n * d, 1))
    throw internalError(`${data.length} numbers are no array of [${shape.join(', ')}]`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const prefix = Buffer.alloc(start, ' ');
  prefix.write('\x93NUMPY\x01\x00', 'latin1');
  prefix.writeUInt16LE(start - 10, 8);
  prefix.write(header, 10, 'latin1');
  prefix[start - 1] = 0x0a;
  await writeAtomically(path, async (file) => {
    await file.writeFile(prefix);
    await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}
