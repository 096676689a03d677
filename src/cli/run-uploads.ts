import { basename } from 'node:path';
import { formatBytes } from '../common/bytes.ts';
import { formatDuration } from '../common/duration.ts';
import { ExitCode } from '../common/errors.ts';
import { DriveApi } from '../drive/api.ts';
import { whoCanRead } from '../drive/scopes.ts';
import type { DriveToken } from '../drive/token.ts';
import type { TransferProgress } from '../net/transfer-progress.ts';
import type { UploadJob } from '../package/drive/pending.ts';
import { uploadAll } from '../package/drive/upload-all.ts';
import type { UploadSettings } from '../package/drive/upload-package.ts';
import type { UploadRecord } from '../run/uploads.ts';
import type { Progress } from './progress.ts';
import { untilStopped } from './stop-signals.ts';

export interface UploadRunOptions extends Omit<UploadSettings, 'hooks'> {
  readonly token: DriveToken;
  readonly progress: Progress;
  /** Attempts in a row that bring nothing forward. */
  readonly attempts?: number | undefined;
}

/**
 * Uploads with progress on the terminal, until done or stopped; says what was uploaded and how to repeat what was not.
 * @param path what the user would name to repeat it
 */
export async function runUploads(
  path: string,
  pending: () => readonly UploadJob[],
  { token, attempts, progress, ...settings }: UploadRunOptions,
): Promise<ExitCode> {
  return untilStopped('stopping; the upload can be continued', progress, async (signal) => {
    const api = await DriveApi.open(token, { signal, attempts });
    const hooks = {
      signal,
      onStatus: (text: string) => progress.status(text),
      onProgress: (p: TransferProgress) => progress.status(transferLine(p), p.bytes === p.total),
      onWaiting: (holder: string) => progress.status(`${holder} is uploading here; waiting for it`, true),
    };
    progress.line(`uploads are ${whoCanRead(settings.share)}`);
    try {
      const records = await uploadAll(api, pending, { ...settings, hooks }, (record) =>
        progress.line(outcome(record)),
      );
      return conclude(path, records, pending());
    } finally {
      await api.close();
    }
  });
}

function transferLine({ file, bytes, total, bytesPerSecond, secondsLeft }: TransferProgress): string {
  const of = total === undefined ? '' : ` of ${formatBytes(total)}`;
  const left = Number.isFinite(secondsLeft) ? `  ${formatDuration(secondsLeft)} left` : '';
  const speed = bytesPerSecond > 0 ? `  ${formatBytes(bytesPerSecond)}/s` : '';
  return `uploading ${file}: ${formatBytes(bytes)}${of}${speed}${left}`;
}

function outcome({ zip, status, link, shared, note, error }: UploadRecord): string {
  if (status === 'failed') return `failed:    ${zip}: ${firstLine(withoutName(zip, error?.text ?? ''))}`;
  return `uploaded:  ${zip}  ${link}  (${note ?? (shared ? 'everyone with the link can read it' : 'private')})`;
}

function conclude(path: string, records: readonly UploadRecord[], left: readonly UploadJob[]): ExitCode {
  const failed = records.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return ExitCode.done;
  for (const { zip, error } of failed) console.error(`\n${zip}: ${withoutName(zip, error?.text ?? '')}`);
  console.error(`\n${left.length} not uploaded and kept here; try again with: mdfe upload ${path}`);
  return ExitCode.failed;
}

export const firstLine = (text: string): string => text.split('\n')[0]!;

/** An error's text without the archive's name at its start, for where that is said already. */
export function withoutName(zip: string, text: string): string {
  const name = `${basename(zip)}: `;
  const at = firstLine(text).indexOf(name);
  return at < 0 ? text : text.slice(at + name.length);
}
