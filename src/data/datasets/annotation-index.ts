import { open } from 'node:fs/promises';
import { internalError, isSystemError, MdfeError } from '../../common/errors.ts';
import { TextPool } from '../../common/text-pool.ts';
import {
  openSafetensors,
  readExactly,
  type TensorFile,
  writeSafetensors,
} from '../../formats/safetensors.ts';
import type { CollectedRows } from './collect.ts';

/** To be raised whenever rows are read, checked or joined in another way: older indices then count no more. */
const VERSION = '1';

type Identity = Readonly<Record<string, string>>;

/**
 * Writes the rows as one safetensors file, completely or not at all: image entries and class ids as UTF-8 bytes and
 * lengths, and the class of every row.
 *
 * @param identity what the rows were read from; an index with another one is not used
 */
export async function writeIndex(path: string, identity: Identity, rows: CollectedRows): Promise<void> {
  const ids = new TextPool();
  for (const id of rows.classIds) ids.push(id);
  const images = rows.images.parts();
  const classIds = ids.parts();
  const tensor = (data: Uint8Array | Int32Array) => ({ shape: [data.length], data });
  await writeSafetensors(
    path,
    [
      ['images', tensor(images.bytes)],
      ['images.lengths', tensor(images.lengths)],
      ['classes', tensor(rows.classes)],
      ['class_ids', tensor(classIds.bytes)],
      ['class_ids.lengths', tensor(classIds.lengths)],
    ],
    {
      format: 'mdfe-annotation-index',
      version: VERSION,
      identity: JSON.stringify(identity),
      counts: JSON.stringify([rows.empty, rows.duplicates, rows.contradictions]),
    },
  );
}

/** Undefined when there is no index, or one of something else, or a damaged one: it is then made anew. */
export async function readIndex(path: string, identity: Identity): Promise<CollectedRows | undefined> {
  try {
    const index = await openSafetensors(path);
    const { version, identity: saved, counts } = index.metadata;
    if (version !== VERSION || saved !== JSON.stringify(identity) || counts === undefined) return undefined;
    return await readRows(index, JSON.parse(counts) as [number, number, number]);
  } catch (error) {
    if (error instanceof MdfeError && error.code.startsWith('safetensors/')) return undefined;
    if (isSystemError(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function readRows(
  index: TensorFile,
  [empty, duplicates, contradictions]: [number, number, number],
): Promise<CollectedRows> {
  const file = await open(index.path, 'r');
  const bytes = async (name: string): Promise<Uint8Array> => {
    const entry = index.tensors.get(name);
    if (!entry) throw internalError(`the annotation index ${index.path} has no ${name}`);
    const target = new Uint8Array(entry.length);
    await readExactly(file, index.path, target, entry.offset);
    return target;
  };
  const integers = async (name: string) => new Int32Array((await bytes(name)).buffer);
  try {
    const images = TextPool.from(await bytes('images'), await integers('images.lengths'));
    const ids = TextPool.from(await bytes('class_ids'), await integers('class_ids.lengths'));
    const classIds = Array.from({ length: ids.length }, (_, i) => ids.get(i));
    return { images, classes: await integers('classes'), classIds, empty, duplicates, contradictions };
  } finally {
    await file.close();
  }
}
