import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { distFile } from '../common/dist.ts';
import { MdfeError } from '../common/errors.ts';
import type { Config } from '../config/schema/index.ts';
import { refuseOffline } from '../drive/errors.ts';
import { findToken } from '../drive/find-credentials.ts';
import { whoCanRead } from '../drive/scopes.ts';
import { checkApi } from '../drive/settings.ts';
import type { RunFolder } from '../run/folder.ts';
import { readUploads, UPLOAD_LOG } from '../run/uploads.ts';

/** Arguments of the program that uploads what a run has saved; tests put another program here. */
export type Uploader = (runDir: string) => readonly [program: string, ...args: string[]];

const commandLine: Uploader = (dir) => [process.execPath, distFile('cli.mjs'), 'upload', dir, '--background'];

/**
 * MODEL.cloud_upload: after each saved checkpoint a process of its own packages and uploads it, so that training is
 * never held up and an upload outlives the training. What is uploaded is read from the run folder by that process;
 * here it is only started, and what it says comes into the run's log.
 */
export class CloudUpload {
  private readonly folder: RunFolder;
  private readonly uploader: Uploader;
  private child: ChildProcess | undefined;
  /** A checkpoint was saved since the present process was started. */
  private more = false;
  private closed = false;
  private readonly told = new Set<string>();
  private readonly unsubscribe: () => void;

  private constructor(folder: RunFolder, uploader: Uploader) {
    this.folder = folder;
    this.uploader = uploader;
    for (const { zip, time } of readUploads(folder.dir)) this.told.add(`${zip} ${time}`);
    this.unsubscribe = folder.subscribe((event) => {
      if (event.type === 'checkpoint' && (event.reason === 'schedule' || event.reason === 'end')) this.wake();
    });
  }

  /** Undefined where nothing is to be uploaded; where nobody has signed in, the run says so once and goes on. */
  static async start(
    folder: RunFolder,
    { MODEL, GOOGLE_DRIVE }: Config,
    uploader: Uploader = commandLine,
  ): Promise<CloudUpload | undefined> {
    if (!MODEL.cloud_upload) return undefined;
    try {
      checkApi(GOOGLE_DRIVE);
      refuseOffline('MODEL.cloud_upload');
      const { token, where } = await findToken(GOOGLE_DRIVE, folder.record.configFile);
      if (token) {
        const said = `saved checkpoints go to Google Drive, ${whoCanRead(token.share)}`;
        if (token.share) folder.warn('drive/shared', said);
        else folder.logLine(said);
        return new CloudUpload(folder, uploader);
      }
      folder.warn(
        'drive/not-signed-in',
        `MODEL.cloud_upload is True, but nobody has signed in to Google Drive (${where} is not there): nothing will ` +
          `be uploaded. Sign in with mdfe drive-login and then run mdfe upload ${folder.dir}, or set it to False`,
      );
    } catch (error) {
      if (!(error instanceof MdfeError)) throw error;
      folder.warn(error.code, `nothing will be uploaded to Google Drive: ${error.message}`);
    }
    return undefined;
  }

  /** The run's last word; what is not uploaded yet goes on. */
  close(): void {
    this.unsubscribe();
    this.report();
    this.closed = true;
    // The present process may have looked for the last checkpoint before it was saved.
    if (this.more) this.spawn();
    if (this.child)
      this.folder.logLine(
        `uploads to Google Drive go on in the background (${UPLOAD_LOG}); mdfe upload ${this.folder.dir} repeats what fails`,
      );
  }

  private wake(): void {
    if (this.child) this.more = true;
    else this.spawn();
  }

  private spawn(): void {
    this.more = false;
    const [program, ...args] = this.uploader(this.folder.dir);
    const log = openSync(join(this.folder.dir, UPLOAD_LOG), 'a');
    const child = spawn(program, args, { detached: true, windowsHide: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    child.unref();
    child.once('error', (error) => this.ended(child, error.message));
    child.once('exit', () => this.ended(child));
  }

  private ended(child: ChildProcess, problem?: string): void {
    if (this.child !== child || this.closed) return;
    this.child = undefined;
    if (problem !== undefined)
      this.folder.warn('drive/not-started', `the upload to Google Drive could not be started: ${problem}`);
    this.report();
    if (this.more) this.spawn();
  }

  /** What was uploaded or failed since the last time. */
  private report(): void {
    for (const { zip, time, status, link, note, error } of readUploads(this.folder.dir)) {
      const key = `${zip} ${time}`;
      if (status === 'started' || this.told.has(key)) continue;
      this.told.add(key);
      if (status === 'uploaded') this.folder.logLine(`uploaded ${zip}: ${link}${note ? ` (${note})` : ''}`);
      else
        this.folder.warn(
          error?.code ?? 'drive/failed',
          `${zip} was not uploaded and is kept here: ${error?.text}\n  repeat: mdfe upload ${this.folder.dir}`,
        );
    }
  }
}
