import { statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { ExitCode, isSystemError, usageError } from '../../common/errors.ts';
import { notSignedIn } from '../../drive/errors.ts';
import { findToken } from '../../drive/find-credentials.ts';
import { jobOf, pendingInBackground, pendingUnder, type UploadJob } from '../../package/drive/pending.ts';
import { readRunRecord } from '../../run/reader.ts';
import { readResolvedConfig } from '../../train/resolved-config.ts';
import type { Arguments, Command } from '../command.ts';
import { DRIVE_OPTIONS, type DriveSource, driveConfig } from '../drive-config.ts';
import { JSON_PROGRESS_OPTION, progressFor } from '../json-progress.ts';
import { firstLine, runUploads, withoutName } from '../run-uploads.ts';

/** A training that goes on for hours can wait for a network that comes back. */
const PATIENT_ATTEMPTS = 20;

export const upload: Command = {
  name: 'upload',
  summary: 'Upload packages to Google Drive, and what an earlier upload could not',
  positionals: 'PATH',
  options: {
    ...DRIVE_OPTIONS,
    'folder-id': { type: 'string', value: 'ID', help: 'folder in Drive (default: GOOGLE_DRIVE.folder_id)' },
    share: { type: 'boolean', help: 'let everyone who has the link read it (default: as signed in)' },
    private: { type: 'boolean', help: 'do not' },
    replace: { type: 'boolean', help: 'put the content into the file of the same name that is in Drive' },
    remove: { type: 'boolean', help: 'remove the packages here after a verified upload' },
    ...JSON_PROGRESS_OPTION,
    list: { type: 'boolean', help: 'only say what would be uploaded' },
    background: {
      type: 'boolean',
      help: 'as a training does: only the checkpoints of a run, with low priority and much patience',
    },
  },
  async run(args) {
    const path = args.positionals[0]!;
    const pending = pendingAt(path, args.flag('background'));
    if (args.flag('list')) return list(pending());
    if (pending().length === 0) {
      console.log(
        'nothing to upload: every package here is in Google Drive, or there is none (mdfe package RUN makes one)',
      );
      return ExitCode.done;
    }
    const { drive, configFile } = await driveConfig(args, () => configOf(pending()));
    const { token, where } = await findToken(drive, configFile, args.string('token') ? {} : process.env);
    if (!token) throw notSignedIn(where);
    if (args.flag('background')) setPriority(constants.priority.PRIORITY_LOW);
    return runUploads(path, pending, {
      token,
      progress: progressFor(args),
      attempts: args.flag('background') ? PATIENT_ATTEMPTS : undefined,
      folderId: args.string('folder-id') ?? drive.folder_id,
      share: shares(args, token.share),
      remove: args.flag('remove'),
      replace: args.flag('replace'),
    });
  },
};

function pendingAt(path: string, background: boolean): () => readonly UploadJob[] {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
    throw usageError({
      code: 'drive/no-file',
      what: 'there is no such file or folder',
      where: path,
      expected: 'a zip archive, a run folder, or a folder of runs and packages',
    });
  }
  if (isFile) return () => [jobOf(path)];
  return () => (background ? pendingInBackground(path) : pendingUnder(path));
}

/** The configuration of the first run among them. */
function configOf(jobs: readonly UploadJob[]): DriveSource | undefined {
  for (const { dir } of jobs) {
    const record = readRunRecord(dir);
    if (record) return { drive: readResolvedConfig(dir).GOOGLE_DRIVE, configFile: record.configFile };
  }
  return undefined;
}

function shares(args: Arguments, asSignedIn: boolean): boolean {
  if (args.flag('share') && args.flag('private'))
    throw usageError({ code: 'usage/option', what: 'only one of --share and --private can be meant' });
  return args.flag('share') || (asSignedIn && !args.flag('private'));
}

function list(jobs: readonly UploadJob[]): ExitCode {
  for (const { zip, before } of jobs)
    console.log(
      `${zip}${before?.error ? `  (failed before: ${firstLine(withoutName(zip, before.error.text))})` : ''}`,
    );
  if (jobs.length === 0) console.log('nothing to upload');
  return ExitCode.done;
}
