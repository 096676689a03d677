import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { isSystemError } from '../common/errors.ts';

type Known = Record<string, { size: number; mtimeMs: number; sha256: string }>;

/**
 * sha256 of a file's content. Read from the file only when its size or modification time is new to the cache folder:
 * weights of gigabytes are hashed once. A blob of the Hugging Face cache is named after its sha256 already.
 */
export async function contentHash(file: string, cacheDir: string): Promise<string> {
  const real = await realpath(file);
  if (basename(dirname(real)) === 'blobs' && /^[0-9a-f]{64}$/.test(basename(real))) return basename(real);
  const { size, mtimeMs } = await stat(real);
  const list = join(cacheDir, 'weights.json');
  const known = await readKnown(list);
  const entry = known[real];
  if (entry && entry.size === size && entry.mtimeMs === mtimeMs) return entry.sha256;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(real, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Uint8Array);
  const sha256 = hash.digest('hex');
  await mkdir(cacheDir, { recursive: true });
  await writeAtomically(
    list,
    JSON.stringify({ ...(await readKnown(list)), [real]: { size, mtimeMs, sha256 } }),
  );
  return sha256;
}

/** The list only saves time: a missing or unreadable one is started anew. */
async function readKnown(list: string): Promise<Known> {
  let text: string;
  try {
    text = await readFile(list, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return {};
    throw error;
  }
  try {
    return JSON.parse(text) as Known;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
