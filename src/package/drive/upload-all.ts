import { join } from 'node:path';
import { lockFile } from '../../common/lock.ts';
import type { DriveApi } from '../../drive/api.ts';
import { UPLOADS_LOCK, type UploadRecord } from '../../run/uploads.ts';
import type { UploadJob } from './pending.ts';
import { type UploadSettings, uploadPackage } from './upload-package.ts';

/** Failures that every further upload would meet too. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'drive/sign-in-expired',
  'drive/client-refused',
  'drive/quota',
  'drive/daily-limit',
  'drive/api-off',
  'drive/scope',
  'drive/folder-not-found',
  'drive/no-network',
  'drive/dns',
  'drive/certificate',
  'drive/proxy',
]);

/**
 * Uploads one after another until nothing is pending that this call has not tried.
 * @param pending asked again after each upload: a run that goes on saves further checkpoints
 */
export async function uploadAll(
  drive: DriveApi,
  pending: () => readonly UploadJob[],
  settings: UploadSettings,
  onDone: (record: UploadRecord, job: UploadJob) => void,
): Promise<UploadRecord[]> {
  const tried = new Set<string>();
  const records: UploadRecord[] = [];
  for (;;) {
    const job = pending().find(({ zip }) => !tried.has(zip));
    if (!job) return records;
    tried.add(job.zip);
    const { onWaiting = () => undefined, signal } = settings.hooks;
    const release = await lockFile(join(job.dir, UPLOADS_LOCK), onWaiting, signal);
    try {
      // Whoever held the lock may have done it.
      const now = pending().find(({ zip }) => zip === job.zip);
      if (!now) continue;
      const record = await uploadPackage(drive, now, settings);
      records.push(record);
      onDone(record, now);
      if (record.error && FOR_ALL.has(record.error.code)) return records;
    } finally {
      await release();
    }
  }
}
