import { basename } from 'node:path';
import { MdfeError } from '../common/errors.ts';
import { lockFile } from '../common/lock.ts';
import { withRetries } from '../net/retry.ts';
import { type TransferProgress, TransferReporter } from '../net/transfer-progress.ts';
import type { DriveApi, DriveFile } from './api.ts';
import { getFile, removeFile } from './files.ts';
import { ResumableUpload } from './resumable.ts';
import { removeSession, sessionFile } from './session.ts';
import { changed, sameStamp, stampOf } from './source.ts';

export interface UploadOptions {
  /** Folder in Drive; empty: the top folder. */
  readonly folderId?: string | undefined;
  /** Name in Drive; the file's own unless given. */
  readonly name?: string | undefined;
  /** File in Drive that gets this content instead of a new file being made. */
  readonly replaces?: string | undefined;
  /** Bytes a request carries; a multiple of 256 KiB. */
  readonly chunkBytes?: number | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Another process uploads the same file: who. */
  readonly onWaiting?: ((holder: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How often content that arrived damaged is sent again. */
const ATTEMPTS = 2;

/**
 * Uploads a file and returns only when Drive holds the same bytes (size and md5). Goes on where an earlier call,
 * also of another process, stopped.
 */
export async function uploadFile(
  drive: DriveApi,
  path: string,
  options: UploadOptions = {},
): Promise<DriveFile> {
  await stampOf(path); // that there is a file, before a lock is left beside it
  const release = await lockFile(
    `${sessionFile(path)}.lock`,
    options.onWaiting ?? (() => undefined),
    options.signal,
  );
  try {
    for (let attempt = 1; ; attempt++) {
      const file = await uploadOnce(drive, path, options);
      if (file.good) return file.good;
      // Drive keeps what arrived; a damaged new file would only be in the way.
      if (!options.replaces) await removeFile(drive, file.damaged);
      if (attempt === ATTEMPTS) throw wrongChecksum(path, file.expected, file.damaged);
    }
  } finally {
    await release();
  }
}

type Outcome =
  | { readonly good: DriveFile }
  | { readonly good?: undefined; readonly damaged: DriveFile; readonly expected: string };

async function uploadOnce(drive: DriveApi, path: string, options: UploadOptions): Promise<Outcome> {
  const name = options.name ?? basename(path);
  const stamp = await stampOf(path);
  const reporter = new TransferReporter(name, options.onProgress);
  const upload = await ResumableUpload.open(drive, path, stamp, {
    name,
    folderId: options.folderId ?? '',
    replaces: options.replaces ?? '',
    chunkBytes: options.chunkBytes,
    signal: options.signal,
    onBytes: (bytes) => reporter.update(bytes, stamp.size),
  });
  const sent = await withRetries(
    () => upload.goOn(),
    () => upload.confirmed,
    drive.retry,
  );
  const file = sent.md5 === undefined ? await getFile(drive, sent.id) : sent;
  await removeSession(path);
  if (!sameStamp(stamp, await stampOf(path))) {
    if (!options.replaces) await removeFile(drive, file);
    throw changed(path);
  }
  if (file.md5 === upload.md5 && file.size === stamp.size) return { good: file };
  return { damaged: file, expected: upload.md5 };
}

function wrongChecksum(path: string, expected: string, { md5, size }: DriveFile): MdfeError {
  return new MdfeError({
    code: 'drive/checksum',
    what: 'what arrived in Google Drive is not this file, twice; it was deleted there and kept here',
    where: path,
    expected: `md5 ${expected}`,
    got: `md5 ${md5 ?? 'unknown'}, ${size} bytes`,
    todo: 'check the disk and the network (a proxy that changes what passes through), then upload again',
  });
}
