import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { foldEvents } from '../../run/history.ts';
import { readEvents, readRunRecord } from '../../run/reader.ts';
import { readUploads, type UploadRecord } from '../../run/uploads.ts';
import { readResolvedConfig } from '../../train/resolved-config.ts';
import { checkpointLabel } from '../from-run.ts';

/** A package that is to be in Google Drive and is not. */
export interface UploadJob {
  /** Run folder or other folder whose `uploads.json` tells what became of it. */
  readonly dir: string;
  /** Absolute, or relative as `dir` is. */
  readonly zip: string;
  /** Checkpoint of the run, relative to it, that is packaged for the upload when the zip is not there. */
  readonly checkpoint?: string | undefined;
  /** Of an earlier attempt. */
  readonly before?: UploadRecord | undefined;
}

/** Milliseconds before the background tries again what has failed; by hand it is tried at once. */
const REST_MS = 10 * 60_000;

/** Folder of a run's packages. */
const PACKAGES = 'packages';

/** Where `mdfe package` and uploads put the package of a checkpoint. */
export function packageDir(runDir: string, runName: string, checkpoint: string): string {
  return join(runDir, PACKAGES, checkpointLabel(checkpoint, runName));
}

/**
 * What of a run is not uploaded yet: with MODEL.cloud_upload each checkpoint that was saved by schedule or at the
 * end, and each package that lies there.
 */
function pendingOfRun(dir: string): UploadJob[] {
  const record = readRunRecord(dir);
  if (!record) return [];
  const uploads = new Map(readUploads(dir).map((u) => [u.zip, u]));
  const jobs = new Map<string, UploadJob>();
  const add = (zip: string, checkpoint?: string) => {
    const before = uploads.get(relative(dir, zip));
    if (!jobs.has(zip) && !isDone(before, zip)) jobs.set(zip, { dir, zip, checkpoint, before });
  };
  if (readResolvedConfig(dir).MODEL.cloud_upload)
    for (const { file, reason } of foldEvents(readEvents(dir)).checkpoints) {
      if (reason !== 'schedule' && reason !== 'end') continue;
      const zip = join(packageDir(dir, record.name, file), `${basename(file, '.safetensors')}.zip`);
      if (existsSync(join(dir, file)) || existsSync(zip)) add(zip, file);
    }
  for (const folder of folders(join(dir, PACKAGES))) for (const zip of zips(folder)) add(zip);
  return [...jobs.values()];
}

/** What the background upload of a run takes: its saved checkpoints, but for those that failed a moment ago. */
export function pendingInBackground(dir: string): UploadJob[] {
  return pendingOfRun(dir).filter(
    ({ checkpoint, before }) =>
      checkpoint !== undefined &&
      !(before?.status === 'failed' && Date.now() - Date.parse(before.time) < REST_MS),
  );
}

/** What of a folder is not uploaded yet: a run, or a folder of runs and packages. */
export function pendingUnder(dir: string): UploadJob[] {
  if (readRunRecord(dir)) return pendingOfRun(dir);
  return [dir, ...folders(dir)].flatMap((folder) =>
    readRunRecord(folder) ? pendingOfRun(folder) : pendingZips(folder),
  );
}

/** One archive, named by the user. What becomes of a run's package is kept with the run. */
export function jobOf(zip: string): UploadJob {
  const path = resolve(zip);
  const above = dirname(dirname(dirname(path)));
  const ofRun = basename(dirname(dirname(path))) === PACKAGES && readRunRecord(above) !== undefined;
  const dir = ofRun ? above : dirname(path);
  const before = readUploads(dir).find((u) => u.zip === relative(dir, path));
  return { dir, zip: path, before };
}

function pendingZips(dir: string): UploadJob[] {
  return zips(dir)
    .map(jobOf)
    .filter(({ zip, before }) => !isDone(before, zip));
}

/** Uploaded, and not packaged anew since. */
function isDone(before: UploadRecord | undefined, zip: string): boolean {
  if (before?.status !== 'uploaded') return false;
  if (!existsSync(zip)) return true;
  const { size, mtimeMs } = statSync(zip);
  return before.size === size && before.mtime === mtimeMs;
}

function folders(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(dir, entry.name))
    .sort();
}

function zips(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.zip'))
    .map((entry) => join(dir, entry.name))
    .sort();
}
