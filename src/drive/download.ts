import { createHash } from 'node:crypto';
import { type FileHandle, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../common/atomic-file.ts';
import { formatBytes } from '../common/bytes.ts';
import { MdfeError } from '../common/errors.ts';
import { withRetries } from '../net/retry.ts';
import { type TransferProgress, TransferReporter } from '../net/transfer-progress.ts';
import { type DriveApi, type DriveFile, readRefusal } from './api.ts';
import { badDriveAnswer, explainRefusal } from './errors.ts';
import { getFile } from './files.ts';

/** Downloads a file of the Drive; `path` appears only when size and md5 are right. */
export async function downloadFile(
  drive: DriveApi,
  id: string,
  path: string,
  onProgress?: (progress: TransferProgress) => void,
): Promise<DriveFile> {
  const file = await getFile(drive, id);
  if (file.md5 === undefined) throw badDriveAnswer(file.name, 'this is no file with content of its own');
  const { bavail, bsize } = await statfs(dirname(path));
  if (file.size > bavail * bsize)
    throw new MdfeError({
      code: 'disk/full',
      what: 'the disk has too little space for this download',
      where: path,
      expected: `${formatBytes(file.size)} free`,
      got: formatBytes(bavail * bsize),
    });
  const reporter = new TransferReporter(file.name, onProgress);
  await writeAtomically(path, async (out) => {
    const part = { bytes: 0, hash: createHash('md5') };
    await withRetries(
      () => receive(drive, file, out, part, reporter),
      () => part.bytes,
      drive.retry,
    );
    const md5 = part.hash.digest('hex');
    if (md5 === file.md5) return;
    throw new MdfeError({
      code: 'drive/checksum',
      what: 'what arrived is not the file in Google Drive; it was deleted',
      where: path,
      expected: `md5 ${file.md5}`,
      got: `md5 ${md5}`,
      todo: 'download it again',
    });
  });
  return file;
}

/** One connection: from where the file ends now. */
async function receive(
  drive: DriveApi,
  file: DriveFile,
  out: FileHandle,
  part: { bytes: number; hash: ReturnType<typeof createHash> },
  reporter: TransferReporter,
): Promise<void> {
  if (part.bytes === file.size) return;
  const url = drive.url(`/drive/v3/files/${encodeURIComponent(file.id)}`, { alt: 'media' });
  const headers: Record<string, string> = part.bytes > 0 ? { range: `bytes=${part.bytes}-` } : {};
  const answer = await drive.send({ method: 'GET', url, headers }, file.name);
  try {
    if (answer.status >= 400) throw explainRefusal(await readRefusal(answer), file.name);
    if (part.bytes > 0 && answer.status === 200) {
      part.bytes = 0; // the whole file again
      part.hash = createHash('md5');
    } else if (answer.status !== (part.bytes > 0 ? 206 : 200))
      throw badDriveAnswer(file.name, `HTTP ${answer.status}`);
    for await (const piece of answer.body()) {
      await writeAll(out, piece, part.bytes);
      part.hash.update(piece);
      part.bytes += piece.length;
      reporter.update(part.bytes, file.size);
    }
  } finally {
    answer.close();
  }
  if (part.bytes < file.size)
    throw new MdfeError({
      code: 'drive/interrupted',
      what: 'the connection broke',
      where: file.name,
      expected: formatBytes(file.size),
      got: formatBytes(part.bytes),
    });
}

async function writeAll(out: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await out.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
