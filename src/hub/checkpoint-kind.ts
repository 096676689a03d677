import { open } from 'node:fs/promises';
import { isSystemError, MdfeError } from '../common/errors.ts';

/** How a file holds weights: told by its first bytes, because names lie. */
export type CheckpointKind = 'safetensors' | 'sharded' | 'torch';

const START_BYTES = 256;

export async function checkpointKind(path: string): Promise<CheckpointKind> {
  const start = await readStart(path);
  const text = Buffer.from(start).toString('latin1');
  if (text.startsWith('version https://git-lfs'))
    throw unusable(path, 'a Git LFS pointer, not the weights themselves', 'run: git lfs pull');
  if (/^\s*<(!doctype|html)/i.test(text))
    throw unusable(path, 'a web page, not weights', 'download the file itself, not the page about it');
  // The JSON header after its length: told first, for a length can look like another format's mark.
  if (text[8] === '{' && text.slice(5, 8) === '\0\0\0') return 'safetensors';
  // A zip, or the pickle with which torch's older format starts: its reader says what to do.
  if (text.startsWith('PK\x03\x04') || isPickle(start)) return 'torch';
  if (/\.(bin|pt|pth)$/i.test(path)) return 'torch';
  if (path.endsWith('.index.json')) return 'sharded';
  return 'safetensors';
}

/** PROTO and a protocol that torch uses. */
const isPickle = ([operation = 0, protocol = 0]: Uint8Array) =>
  operation === 0x80 && protocol >= 2 && protocol <= 5;

async function readStart(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const start = new Uint8Array(START_BYTES);
      const { bytesRead } = await file.read(start, 0, START_BYTES, 0);
      return start.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT'))
      throw unusable(path, 'a path where there is no file', 'check the path');
    if (isSystemError(cause, 'EISDIR'))
      throw unusable(
        path,
        'a folder',
        'name the file in it, or use local-dir:PATH as MODEL.BACKBONE.model_name',
      );
    throw cause;
  }
}

function unusable(path: string, got: string, todo: string): MdfeError {
  return new MdfeError({
    code: 'weights/unusable',
    what: 'this is no file of weights',
    where: path,
    expected:
      'safetensors (.safetensors or .safetensors.index.json) or a PyTorch checkpoint (.bin, .pt, .pth)',
    got,
    todo,
  });
}
