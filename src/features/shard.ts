import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, MdfeError } from '../common/errors.ts';
import { openSafetensors, readExactly, type TensorEntry, writeSafetensors } from '../formats/safetensors.ts';

/**
 * One file of the store: `features` [rows, width] and `rows`, the text that says which row is what, one line each:
 * `view<TAB>image key`. An ordinary safetensors file, complete or not there at all.
 */
export interface Shard {
  readonly path: string;
  /** `rows` as stored, UTF-8. */
  readonly rows: Uint8Array;
  readonly features: TensorEntry;
}

/** Shards whose description is read ahead: some hundred kilobytes each. */
const READ_AHEAD = 32;

const NAME = /^features-(\d{6})\.safetensors$/;

export async function writeShard(
  folder: string,
  number: number,
  rows: readonly string[],
  features: Float32Array,
  width: number,
  dtype: 'float32' | 'float16',
): Promise<string> {
  const path = join(folder, `features-${String(number).padStart(6, '0')}.safetensors`);
  const text = Buffer.from(rows.join('\n'));
  await writeSafetensors(path, [
    ['features', { dtype: dtype === 'float16' ? 'F16' : 'F32', shape: [rows.length, width], data: features }],
    ['rows', { shape: [text.length], data: new Uint8Array(text) }],
  ]);
  return path;
}

/** Reads a shard's description, not its features. */
async function readShard(path: string): Promise<Shard> {
  const { tensors } = await readingShard(path, () => openSafetensors(path));
  const features = tensors.get('features');
  const rows = tensors.get('rows');
  if (!features || !rows) throw brokenShard(path);
  const text = new Uint8Array(rows.length);
  await readShardBytes(path, text, rows.offset);
  return { path, rows: text, features };
}

/** Fills `target` from `position` of a shard's file. */
export function readShardBytes(path: string, target: Uint8Array, position: number): Promise<void> {
  return readingShard(path, async () => {
    const file = await open(path, 'r');
    try {
      await readExactly(file, path, target, position);
    } finally {
      await file.close();
    }
  });
}

/** The shards in order. Reading begins with the call, so that it overlaps what the caller waits for first. */
export function readShards(paths: readonly string[]): AsyncIterable<Shard> {
  const ahead: Promise<Shard>[] = [];
  let next = 0;
  const readOn = (): void => {
    while (ahead.length < READ_AHEAD && next < paths.length) {
      const shard = readShard(paths[next++]!);
      shard.catch(() => undefined); // thrown where it is its turn
      ahead.push(shard);
    }
  };
  readOn();
  return (async function* () {
    for (let shard = ahead.shift(); shard; shard = ahead.shift()) {
      readOn();
      yield await shard;
    }
  })();
}

/** Complete shards of a folder in the order written, and the number that the next one gets. */
export async function listShards(folder: string): Promise<{ paths: string[]; next: number }> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const last = names.at(-1);
  return {
    paths: names.map((name) => join(folder, name)),
    next: last ? Number(NAME.exec(last)![1]) + 1 : 0,
  };
}

/** Removes what a killed process left half-written. Only for the holder of the lock. */
export async function removePartials(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith('features-') && name.endsWith('.partial'))
      await rm(join(folder, name), { force: true });
}

/** Reads from a shard's file, which may go while it is used. */
export async function readingShard<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error instanceof MdfeError ? brokenShard(path, error) : error;
    throw new MdfeError({
      code: 'features/lost-shard',
      what: 'a file of the feature store was removed while it was in use',
      where: path,
      todo: 'run the command again, or go on with the run (mdfe train --resume RUN): its features are computed again. Do not clear the cache folder while anything uses it',
      cause: error,
    });
  }
}

export function brokenShard(path: string, cause?: unknown): MdfeError {
  return new MdfeError({
    code: 'features/broken-shard',
    what: 'a file of the feature store is damaged or cut off',
    where: path,
    todo: 'delete this file, then run the command again, or go on with the run (mdfe train --resume RUN): its features are computed again',
    cause,
  });
}
