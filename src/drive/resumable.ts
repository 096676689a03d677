import { MdfeError } from '../common/errors.ts';
import type { Answer } from '../net/http.ts';
import { type DriveApi, type DriveFile, FILE_FIELDS, readFields, readRefusal, toDriveFile } from './api.ts';
import { badDriveAnswer, explainRefusal, folderNotFound } from './errors.ts';
import { seesOwnFilesOnly } from './scopes.ts';
import { readSession, removeSession, type Session, writeSession } from './session.ts';
import { md5Of, readPart, type Stamp } from './source.ts';

/** Requests carry multiples of this, but for the last one. */
const GRAIN_BYTES = 256 * 1024;
const CHUNK_BYTES = 128 * GRAIN_BYTES;
/** Sessions that Google may forget during one upload. */
const MOST_SESSIONS = 5;

export interface ResumableOptions {
  readonly name: string;
  readonly folderId: string;
  readonly replaces: string;
  readonly chunkBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes handed to the network, counted from the file's start. */
  readonly onBytes: (bytes: number) => void;
}

/** Google's resumable upload protocol (developers.google.com/workspace/drive/api/guides/manage-uploads). */
export class ResumableUpload {
  readonly md5: string;
  private readonly drive: DriveApi;
  private readonly path: string;
  private readonly stamp: Stamp;
  private readonly options: ResumableOptions;
  private session: Session | undefined;
  private sessions = 0;
  /** Bytes that Google has stored, as far as it said. */
  private stored = 0;
  /** The session may hold more than we know of. */
  private unsure: boolean;

  private constructor(
    drive: DriveApi,
    path: string,
    stamp: Stamp,
    options: ResumableOptions,
    found: { readonly session: Session | undefined; readonly md5: string },
  ) {
    this.drive = drive;
    this.path = path;
    this.stamp = stamp;
    this.options = options;
    this.session = found.session;
    this.md5 = found.md5;
    this.unsure = found.session !== undefined;
  }

  /** Finds the session that an earlier process left, or reads the file once for its checksum. */
  static async open(
    drive: DriveApi,
    path: string,
    stamp: Stamp,
    options: ResumableOptions,
  ): Promise<ResumableUpload> {
    const { folderId, replaces, signal } = options;
    const session = await readSession(path, { ...stamp, folderId, replaces }, new URL(drive.endpoint).origin);
    const md5 = session?.md5 ?? (await md5Of(path, signal));
    return new ResumableUpload(drive, path, stamp, options, { session, md5 });
  }

  /** Bytes that Google has confirmed. */
  get confirmed(): number {
    return this.stored;
  }

  /** Sends what is missing; throws when the connection breaks, and goes on from there when called again. */
  async goOn(): Promise<DriveFile> {
    if (!this.session) await this.begin();
    for (;;) {
      const ask = this.unsure || this.stored === this.stamp.size;
      this.unsure = true;
      const before = this.stored;
      const done = await this.take(ask ? await this.askStatus() : await this.sendChunk());
      if (done) return done;
      if (!ask && this.stored <= before) throw notTaken(this.path);
      this.unsure = false;
      // Everything is stored, and still no file: Google finishes it, or has lost track.
      if (ask && this.stored === this.stamp.size)
        throw new MdfeError({
          code: 'drive/server',
          what: 'Google Drive has all bytes and has not made the file yet',
          where: this.path,
          todo: 'try again later',
        });
    }
  }

  private async begin(): Promise<void> {
    if (++this.sessions > MOST_SESSIONS)
      throw badDriveAnswer(this.path, `it forgot ${MOST_SESSIONS} uploads in a row`);
    const { name, folderId, replaces } = this.options;
    const { size } = this.stamp;
    const target = replaces === '' ? '' : `/${encodeURIComponent(replaces)}`;
    const url = this.drive.url(`/upload/drive/v3/files${target}`, {
      uploadType: 'resumable',
      fields: FILE_FIELDS,
    });
    const answer = await this.drive.send(
      {
        method: replaces === '' ? 'POST' : 'PATCH',
        url,
        headers: {
          'content-type': 'application/json; charset=UTF-8',
          'x-upload-content-type': 'application/zip',
          'x-upload-content-length': String(size),
        },
        body: JSON.stringify({
          name,
          ...(folderId !== '' && replaces === '' ? { parents: [folderId] } : {}),
        }),
      },
      this.path,
    );
    if (answer.status >= 400) {
      const refusal = await readRefusal(answer);
      if (refusal.status === 404 && folderId !== '' && replaces === '')
        throw folderNotFound(folderId, seesOwnFilesOnly(this.drive.token.scopes));
      throw explainRefusal(refusal, this.path);
    }
    answer.close();
    const location = answer.header('location') ?? '';
    // The address gets our bytes and our token: it must be Google's.
    if (!URL.canParse(location) || new URL(location).origin !== new URL(this.drive.endpoint).origin)
      throw badDriveAnswer(this.path, 'it names no place to upload to');
    this.session = {
      ...this.stamp,
      url: location,
      md5: this.md5,
      folderId,
      replaces,
      created: Date.now(),
    };
    this.stored = 0;
    this.unsure = false;
    await writeSession(this.path, this.session);
  }

  private askStatus(): Promise<Answer> {
    return this.put(`bytes */${this.stamp.size}`);
  }

  private sendChunk(): Promise<Answer> {
    const { size } = this.stamp;
    const start = this.stored;
    const length = Math.min(this.options.chunkBytes ?? CHUNK_BYTES, size - start);
    const onRead = (bytes: number) => this.options.onBytes(start + bytes);
    const range = `bytes ${start}-${start + length - 1}/${size}`;
    return this.put(range, length, readPart(this.path, start, length, onRead));
  }

  private put(range: string, length = 0, body?: AsyncIterable<Uint8Array>): Promise<Answer> {
    const headers = { 'content-range': range, 'content-length': String(length) };
    return this.drive.send({ method: 'PUT', url: this.session!.url, headers, body }, this.path);
  }

  /** The file when it is complete; undefined: go on. */
  private async take(answer: Answer): Promise<DriveFile | undefined> {
    const { status } = answer;
    if (status === 308) {
      answer.close();
      this.stored = this.storedBytes(answer.header('range'));
      this.options.onBytes(this.stored);
      return undefined;
    }
    if (status === 404 || status === 410) {
      answer.close();
      this.session = undefined;
      this.stored = 0;
      await removeSession(this.path);
      throw new MdfeError({
        code: 'drive/interrupted',
        what: 'Google Drive has forgotten this upload; it begins anew',
        where: this.path,
        got: `HTTP ${status}`,
        todo: 'run the same command again',
      });
    }
    return toDriveFile(await readFields(answer, this.path), this.path);
  }

  /** `bytes=0-N` means that N + 1 bytes are stored; no range, that none are. */
  private storedBytes(range: string | undefined): number {
    if (range === undefined) return 0;
    const last = /^bytes=0-(\d+)$/.exec(range)?.[1];
    const stored = Number(last) + 1;
    if (last === undefined || stored > this.stamp.size)
      throw badDriveAnswer(this.path, `it says that ${range} of ${this.stamp.size} bytes are stored`);
    return stored;
  }
}

function notTaken(path: string): MdfeError {
  return new MdfeError({
    code: 'drive/server',
    what: 'Google Drive took none of the bytes that were sent',
    where: path,
    todo: 'try again later',
  });
}
