import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../common/cache-dir.ts';
import { MdfeError } from '../../common/errors.ts';
import { readIndex, writeIndex } from './annotation-index.ts';
import type { CollectedRows } from './collect.ts';

/** Smaller files are read faster than it is worth to keep something about them. */
const MIN_BYTES = 4 << 20;
/** A change within the coarsest clock tick of a file system after the last one may leave the same time stamp. */
const SETTLED_MS = 2_000;

export interface AnnotationPlace {
  /** Absolute. */
  readonly file: string;
  /** Of the data set, relative to the data root: the rows were checked against it. */
  readonly folder: string;
  /** Its key. */
  readonly set: string;
}

/**
 * The rows of an annotation file: from the index that an earlier run kept, if the file is unchanged since, else by
 * `collect`. The index of a large file is then kept in `annotations/` of the cache folder.
 */
export async function indexedRows(
  place: AnnotationPlace,
  cacheDir: string | undefined,
  collect: () => Promise<CollectedRows>,
): Promise<{ rows: CollectedRows; notes: readonly string[] }> {
  const identity = await identify(place);
  if (!identity) return { rows: await collect(), notes: [] };
  const folder = join(cacheFolder(cacheDir), 'annotations');
  const { size: _, modified: __, changed: ___, ...which } = identity;
  const name = createHash('sha256').update(JSON.stringify(which)).digest('hex').slice(0, 32);
  const index = join(folder, `${name}.safetensors`);
  const known = await readIndex(index, identity);
  if (known) return { rows: known, notes: [] };
  const rows = await collect();
  const after = await identify(place);
  const settled = Date.now() - Number(BigInt(identity.changed) / 1_000_000n) > SETTLED_MS;
  if (!settled || JSON.stringify(after) !== JSON.stringify(identity)) return { rows, notes: [] };
  return { rows, notes: await keep(index, folder, identity, rows) };
}

/** Which file it is and in which state; undefined for folders and small files. */
async function identify({ file, folder, set }: AnnotationPlace) {
  const stats = await stat(file, { bigint: true });
  if (!stats.isFile() || stats.size < MIN_BYTES) return undefined;
  return {
    set,
    folder,
    file: resolve(file),
    size: String(stats.size),
    modified: String(stats.mtimeNs),
    // Changes even where a tool sets the modification time back.
    changed: String(stats.ctimeNs),
  };
}

/** An index that cannot be written costs time, not the run: it is said. */
async function keep(
  index: string,
  folder: string,
  identity: Readonly<Record<string, string>>,
  rows: CollectedRows,
): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    await writeIndex(index, identity, rows);
    return [];
  } catch (error) {
    if (!(error instanceof Error && (error instanceof MdfeError || 'errno' in error))) throw error;
    return [`${identity.set}: the annotation file will be read again next time: ${error.message}`];
  }
}
