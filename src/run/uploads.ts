import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { isSystemError, MdfeError } from '../common/errors.ts';

/** What became of an upload to Google Drive. */
export interface UploadRecord {
  /** Relative to the folder that holds `uploads.json`. */
  readonly zip: string;
  /** Checkpoint that was packaged only to be uploaded: its package goes when the upload is verified. */
  readonly checkpoint?: string;
  /** `started` stays when a process is killed. */
  readonly status: 'started' | 'uploaded' | 'failed';
  /** ISO 8601. */
  readonly time: string;
  /** Of the zip when it was uploaded: bytes, milliseconds since 1970. */
  readonly size?: number;
  readonly mtime?: number;
  readonly md5?: string;
  /** In Google Drive. */
  readonly id?: string;
  readonly link?: string;
  /** Readable for everyone who has the link. */
  readonly shared?: boolean;
  /** Why it is not, or not yet, as it was asked for. */
  readonly note?: string;
  readonly error?: { readonly code: string; readonly text: string };
}

const UPLOADS_FILE = 'uploads.json';
export const UPLOAD_LOG = 'upload.log';
export const UPLOADS_LOCK = 'uploads.lock';

/** The uploads of a run folder, or of another folder with packages, in the order in which they began. */
export function readUploads(dir: string): UploadRecord[] {
  const path = join(dir, UPLOADS_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
    throw error;
  }
  try {
    const { version, uploads } = JSON.parse(text) as { version?: unknown; uploads?: unknown };
    if (version === 1 && Array.isArray(uploads)) return uploads as UploadRecord[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MdfeError({
    code: 'run/damaged-uploads',
    what: 'this is no list of uploads that this version can read',
    where: path,
    expected: '{"version": 1, "uploads": [...]}',
    got: text.slice(0, 80),
    todo: 'delete the file: what is still here will be uploaded again',
  });
}

/** Adds or replaces the record of a zip. One process at a time: whoever holds the lock. */
export async function recordUpload(dir: string, record: UploadRecord): Promise<void> {
  const path = join(dir, UPLOADS_FILE);
  const others = readUploads(dir).filter(({ zip }) => zip !== record.zip);
  mkdirSync(dirname(path), { recursive: true });
  await writeAtomically(path, `${JSON.stringify({ version: 1, uploads: [...others, record] }, null, 2)}\n`);
}
