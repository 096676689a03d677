import { MdfeError } from '../common/errors.ts';
import { type Answer, HttpClient, type HttpRequest } from '../net/http.ts';
import { type RetryOptions, withRetries } from '../net/retry.ts';
import { Access } from './access.ts';
import {
  badDriveAnswer,
  explainDriveFailure,
  explainRefusal,
  type Refusal,
  refuseOffline,
} from './errors.ts';
import { driveEndpoint } from './settings.ts';
import type { DriveToken } from './token.ts';

/** A file in Google Drive, as far as we ask. */
export interface DriveFile {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal; undefined for what has no content of its own, e.g. folders. */
  readonly md5: string | undefined;
  /** Address of its page. */
  readonly link: string | undefined;
}

export interface DriveOptions {
  readonly endpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly idleTimeout?: number | undefined;
  /** Milliseconds before the first repetition. */
  readonly retryDelay?: number | undefined;
  /** Attempts in a row that bring nothing forward. */
  readonly attempts?: number | undefined;
}

export type DriveRequest = Omit<HttpRequest, 'headers' | 'url'> & {
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Google takes a while to answer the last byte of a large file. */
const IDLE_MS = 120_000;

/** Fields of a file that every answer is asked for. */
export const FILE_FIELDS = 'id,name,size,md5Checksum,webViewLink';

/** Requests to Google Drive with a sign-in. Close it after use. */
export class DriveApi {
  readonly endpoint: string;
  readonly token: DriveToken;
  readonly retry: RetryOptions;
  private readonly http: HttpClient;
  private readonly access: Access;

  private constructor(token: DriveToken, options: DriveOptions, http: HttpClient) {
    this.token = token;
    this.endpoint = options.endpoint ?? driveEndpoint();
    this.retry = { attempts: options.attempts, delay: options.retryDelay, signal: options.signal };
    this.http = http;
    this.access = new Access(token, http, this.retry);
  }

  /** @throws drive/offline */
  static async open(token: DriveToken, options: DriveOptions = {}): Promise<DriveApi> {
    refuseOffline('Google Drive');
    const { signal, idleTimeout = IDLE_MS } = options;
    return new DriveApi(token, options, await HttpClient.open({ signal, idleTimeout }));
  }

  /**
   * One request; with a fresh access token once more when the present one is refused, which a body that is a stream
   * forbids. Answers of 400 and above are returned.
   */
  async send(request: DriveRequest, where: string): Promise<Answer> {
    const answer = await this.sendOnce(request, where);
    if (answer.status !== 401) return answer;
    answer.close();
    await this.access.refresh();
    if (isStream(request.body))
      throw new MdfeError({
        code: 'drive/interrupted',
        what: 'the access token ran out in the middle of a transfer',
        where,
      });
    return this.sendOnce(request, where);
  }

  /** A request for JSON, repeated when a failure may pass. */
  async json<R>(request: DriveRequest, where: string, read: (fields: Fields) => R): Promise<R> {
    return withRetries(
      async () => read(await readFields(await this.send(request, where), where)),
      () => 0,
      this.retry,
    );
  }

  url(path: string, parameters: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.endpoint}${path}`);
    for (const [name, value] of Object.entries({ supportsAllDrives: 'true', ...parameters }))
      url.searchParams.set(name, value);
    return url;
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async sendOnce({ method, url, headers, body }: DriveRequest, where: string): Promise<Answer> {
    const authorization = await this.access.authorization();
    return this.http.send(
      { method, url: new URL(url), headers: { ...headers, authorization }, body },
      explainDriveFailure(where),
    );
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object of an answer; throws for 400 and above. */
export async function readFields(answer: Answer, where: string): Promise<Fields> {
  if (answer.status >= 400) throw explainRefusal(await readRefusal(answer), where);
  const text = await answer.text();
  if (answer.status === 204 || text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Fields;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badDriveAnswer(where, 'it is no JSON object');
}

/** Google's words for a failure; a gateway on the way may have none. */
export async function readRefusal(answer: Answer): Promise<Refusal> {
  const text = await answer.text();
  try {
    const { error } = (JSON.parse(text) ?? {}) as {
      error?: { message?: string; errors?: readonly { reason?: string }[] };
    };
    return {
      status: answer.status,
      reason: error?.errors?.[0]?.reason ?? '',
      message: error?.message ?? '',
    };
  } catch (error) {
    if (error instanceof SyntaxError) return { status: answer.status, reason: '', message: '' };
    throw error;
  }
}

export function toDriveFile(fields: Fields, where: string): DriveFile {
  const { id, name, size, md5Checksum, webViewLink } = fields;
  if (typeof id !== 'string') throw badDriveAnswer(where, 'it names no file');
  return {
    id,
    name: typeof name === 'string' ? name : '',
    size: Number(size ?? 0), // a text: it may exceed 2^53
    md5: typeof md5Checksum === 'string' ? md5Checksum : undefined,
    link: typeof webViewLink === 'string' ? webViewLink : undefined,
  };
}

function isStream(body: HttpRequest['body']): boolean {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}
