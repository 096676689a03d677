import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { describeError, errorCode, MdfeError } from '../../common/errors.ts';
import type { DriveApi, DriveFile } from '../../drive/api.ts';
import { findByName, shareByLink, shareLink } from '../../drive/files.ts';
import { md5Of } from '../../drive/source.ts';
import { type UploadOptions, uploadFile } from '../../drive/upload.ts';
import { recordUpload, type UploadRecord } from '../../run/uploads.ts';
import type { BackboneHooks } from '../../train/open-backbone.ts';
import { writePackage } from '../bundle.ts';
import { modelOfRun } from '../from-run.ts';
import { fillNotebook } from './fill-notebook.ts';
import type { UploadJob } from './pending.ts';

export interface UploadSettings {
  readonly folderId: string;
  /** Let everyone who has the link read it. */
  readonly share: boolean;
  /** Remove a package also when it was not made only to be uploaded. */
  readonly remove: boolean;
  /** Put the content into a file of the same name that is in Drive already. */
  readonly replace: boolean;
  readonly hooks: BackboneHooks & Pick<UploadOptions, 'onProgress' | 'onWaiting' | 'signal'>;
}

/** Packages if need be, uploads, verifies, shares, fills the link into the notebook and only then removes. */
export async function uploadPackage(
  drive: DriveApi,
  job: UploadJob,
  settings: UploadSettings,
): Promise<UploadRecord> {
  const { dir, zip, before } = job;
  const checkpoint = job.checkpoint !== undefined && isOurs(job) ? job.checkpoint : undefined;
  const base = { zip: relative(dir, zip), ...(checkpoint === undefined ? {} : { checkpoint }) };
  const note = (change: Omit<UploadRecord, 'zip' | 'checkpoint' | 'time'>): UploadRecord => ({
    ...base,
    ...change,
    time: new Date().toISOString(),
  });
  try {
    await recordUpload(dir, note({ ...known(before), status: 'started' }));
    if (job.checkpoint !== undefined && !existsSync(zip))
      await packageCheckpoint(dir, job.checkpoint, dirname(zip), settings.hooks);
    const { size, mtimeMs } = await stat(zip);
    const file = await toDrive(drive, job, settings);
    const shared = settings.share ? await trySharing(drive, file) : { shared: false };
    const link = shareLink(file);
    const done = note({
      status: 'uploaded',
      size,
      mtime: mtimeMs,
      md5: file.md5!,
      id: file.id,
      link,
      ...shared,
    });
    for (const kaggleDir of kaggleDirs(zip))
      await fillNotebook(join(kaggleDir, `submission-${basename(zip, '.zip')}.ipynb`), link);
    await recordUpload(dir, done);
    if (checkpoint !== undefined || settings.remove) await removePackage(zip);
    return done;
  } catch (error) {
    if (settings.hooks.signal?.aborted) throw error;
    const code = errorCode(error);
    const failed = note({ ...known(before), status: 'failed', error: { code, text: describeError(error) } });
    await recordUpload(dir, failed);
    return failed;
  }
}

/** The package was, or will be, made for the upload alone. */
function isOurs({ zip, before }: UploadJob): boolean {
  return before?.checkpoint !== undefined || !existsSync(zip);
}

function known(before: UploadRecord | undefined): Partial<UploadRecord> {
  return before?.id === undefined ? {} : { id: before.id };
}

async function packageCheckpoint(
  dir: string,
  checkpoint: string,
  output: string,
  hooks: BackboneHooks,
): Promise<void> {
  const { model, name, configText } = await modelOfRun(dir, { file: checkpoint }, 'F32', { hooks });
  await writePackage({
    model,
    name,
    configText,
    format: 'pt',
    dir: output,
    kaggleDir: output,
    force: true, // what an interrupted packaging left
  });
}

/** Uploads, unless the very same bytes are there under this name. */
async function toDrive(
  drive: DriveApi,
  { zip, before }: UploadJob,
  { folderId, replace, hooks }: UploadSettings,
): Promise<DriveFile> {
  const there = await findByName(drive, basename(zip), folderId);
  if (there && there.size === (await stat(zip)).size && there.md5 === (await md5Of(zip, hooks.signal)))
    return there;
  const replaces = replace || (there !== undefined && there.id === before?.id) ? there?.id : undefined;
  return uploadFile(drive, zip, { ...hooks, folderId, replaces });
}

async function trySharing(
  drive: DriveApi,
  file: DriveFile,
): Promise<{ readonly shared: boolean; readonly note?: string }> {
  try {
    await shareByLink(drive, file);
    return { shared: true };
  } catch (error) {
    if (!(error instanceof MdfeError)) throw error;
    return {
      shared: false,
      note: `uploaded, not shared: ${error.details.what} (${error.details.got ?? ''})`,
    };
  }
}

/** The archive, its second name for Kaggle's uploader and the model; notebook and manifest stay. */
async function removePackage(zip: string): Promise<void> {
  const name = basename(zip, '.zip');
  const linked = kaggleDirs(zip).map((dir) => join(dir, 'dataset', `${name}.zip`));
  for (const path of [zip, join(dirname(zip), `${name}.pt`), ...linked]) await rm(path, { force: true });
}

/** Where what Kaggle needs lies: beside the archive of a run, in a folder of its own for a zero-shot model. */
function kaggleDirs(zip: string): string[] {
  return [dirname(zip), join(dirname(zip), `${basename(zip, '.zip')}-kaggle`)];
}
