import { MdfeError } from '../common/errors.ts';
import type { Answer } from '../net/http.ts';
import type { Connection } from './connection.ts';
import {
  addressText,
  badAnswer,
  gated,
  notFound,
  requestRefused,
  serverFailed,
  tokenRefused,
  tooManyRequests,
} from './errors.ts';
import type { HubAddress } from './names.ts';

/** What the hub says about one file before it is downloaded. */
export interface HubFileInfo {
  /** Commit that the revision stands for. */
  readonly commit: string;
  /** Name of the blob. */
  readonly etag: string;
  /** Of the content, hexadecimal; the hub states it for large files (small ones have git's hash as etag). */
  readonly sha256: string | undefined;
  /** Bytes, where the hub states them. */
  readonly size: number | undefined;
  readonly url: string;
}

/** Asks for commit, etag and size; the hub puts them on its own answer, before it redirects to a store. */
export async function fetchFileInfo(connection: Connection, address: HubAddress): Promise<HubFileInfo> {
  const { endpoint } = connection.settings;
  const url = fileUrl(endpoint, address);
  const seen = new Map<string, string>();
  const collect = (answer: Answer) => {
    for (const name of ['x-repo-commit', 'x-linked-etag', 'x-linked-size']) {
      const value = answer.header(name);
      if (value !== undefined && !seen.has(name)) seen.set(name, value);
    }
    return seen.has('x-repo-commit') && seen.has('x-linked-etag');
  };
  // Unpacked sizes, not those of a compressed answer.
  const answer = await connection.request(address, 'HEAD', url, { 'accept-encoding': 'identity' }, collect);
  answer.close();
  refuseFailure(connection, address, answer);
  collect(answer);
  const own = (name: string) => (answer.status < 300 ? answer.header(name) : undefined);
  const size = seen.get('x-linked-size') ?? own('content-length');
  const etag = (seen.get('x-linked-etag') ?? own('etag') ?? '').replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
  if (!/^[\w-]+$/.test(etag)) throw badAnswer(address, 'it names no etag', endpoint);
  const commit = seen.get('x-repo-commit') ?? (await fetchCommit(connection, address));
  if (!/^[\w-]+$/.test(commit)) throw badAnswer(address, 'it names no commit', endpoint);
  const sha256 = /^[0-9a-f]{64}$/.test(etag) ? etag : undefined;
  return { commit, etag, sha256, size: size === undefined ? undefined : Number(size), url };
}

/** Some mirrors leave the commit out of their answer to HEAD. */
async function fetchCommit(connection: Connection, address: HubAddress): Promise<string> {
  const { endpoint } = connection.settings;
  const url = `${endpoint}/api/models/${address.repo}/revision/${encodeURIComponent(address.revision)}`;
  const answer = await connection.request(address, 'GET', url, {});
  try {
    refuseFailure(connection, address, answer);
    const { sha } = JSON.parse(await answer.text()) as { sha?: unknown };
    return typeof sha === 'string' ? sha : '';
  } catch (error) {
    if (error instanceof SyntaxError) throw badAnswer(address, 'it names no commit', endpoint);
    throw error;
  } finally {
    answer.close();
  }
}

function fileUrl(endpoint: string, { repo, revision, file }: HubAddress): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** Turns an answer of 400 and above into what the user can do about it. */
export function refuseFailure({ settings }: Connection, address: HubAddress, answer: Answer): void {
  const { status } = answer;
  if (status < 400) return;
  const code = answer.header('x-error-code');
  const text = answer.header('x-error-message') ?? '';
  const { endpoint, token } = settings;
  const closed = code === 'GatedRepo' || /gated|restricted/i.test(text);
  if (status === 401 && token !== undefined && !closed) throw tokenRefused(address, endpoint);
  if (status === 401 || status === 403) throw gated(address, endpoint, token !== undefined);
  if (status === 404 || status === 410) {
    const what = code === 'RepoNotFound' ? 'repository' : code === 'RevisionNotFound' ? 'revision' : 'file';
    throw notFound(address, what, endpoint);
  }
  if (status === 407)
    throw new MdfeError({
      code: 'hub/proxy',
      what: 'the proxy wants a user name and password',
      where: addressText(address),
      todo: 'write them into HTTPS_PROXY: http://user:password@host:port',
    });
  if (status === 429) throw tooManyRequests(address);
  throw (status >= 500 || status === 408 ? serverFailed : requestRefused)(address, status, text);
}
