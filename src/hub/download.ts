import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isFile } from '../common/file-kind.ts';
import { lockFile } from '../common/lock.ts';
import type { Answer, HttpOptions } from '../net/http.ts';
import { type RetryOptions, withRetries } from '../net/retry.ts';
import { type TransferProgress, TransferReporter } from '../net/transfer-progress.ts';
import { type CachedFile, HubCache } from './cache.ts';
import { Connection } from './connection.ts';
import { badAnswer, cutOff, explainCacheError, offline, serverFailed, wrongChecksum } from './errors.ts';
import { fetchFileInfo, type HubFileInfo, refuseFailure } from './file-info.ts';
import { checkFileName, checkRevision, type HubAddress } from './names.ts';
import { PartialFile } from './partial-file.ts';
import { type HubSettings, hubSettings } from './settings.ts';

/** What a caller may want to see and steer. */
export interface HubHooks extends HttpOptions {
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Another process downloads the same file: who. */
  readonly onWaiting?: ((holder: string) => void) | undefined;
  /** Defaults to the environment's. */
  readonly settings?: HubSettings | undefined;
  /** Milliseconds before the first repetition after a broken connection. */
  readonly retryDelay?: number | undefined;
  /** A connection failed and is tried again after a pause. */
  readonly onRetry?: RetryOptions['onRetry'];
}

/**
 * A published file on this disk: from the cache if it is there (published weights do not change under a name, and a
 * run must start without network), else downloaded, checked and put there.
 */
export async function hubFile(address: HubAddress, hooks: HubHooks = {}): Promise<CachedFile> {
  const settings = hooks.settings ?? hubSettings();
  const cache = new HubCache(settings.cacheDir);
  checkFileName(address.file);
  checkRevision(address.revision);
  const cached = await cache.find(address);
  if (cached) return cached;
  if (settings.offline) throw offline(address, settings.cacheDir);
  const connection = await Connection.open(settings, hooks);
  try {
    const info = await withRetries(
      () => fetchFileInfo(connection, address),
      () => 0,
      retryOf(hooks),
    );
    await downloadBlob(cache, connection, address, info, hooks);
    await cache.writeRef(address.repo, address.revision, info.commit);
    const path = await cache.link(address.repo, info.commit, address.file, info.etag);
    return { path, commit: info.commit };
  } catch (error) {
    throw explainCacheError(error, settings.cacheDir);
  } finally {
    await connection.close();
  }
}

/** Fills `blobs/ETAG`; one process at a time, the others wait and find it filled. */
async function downloadBlob(
  cache: HubCache,
  connection: Connection,
  address: HubAddress,
  info: HubFileInfo,
  hooks: HubHooks,
): Promise<void> {
  const blob = cache.blob(address.repo, info.etag);
  const lock = cache.lock(address.repo, info.etag);
  const isThere = async () =>
    (await isFile(blob)) || isFile(cache.pointer(address.repo, info.commit, address.file));
  if (await isThere()) return;
  await mkdir(dirname(blob), { recursive: true });
  await mkdir(dirname(lock), { recursive: true });
  const release = await lockFile(lock, hooks.onWaiting ?? (() => undefined), hooks.signal);
  try {
    if (await isThere()) return;
    let outcome = await fillBlob(connection, address, info, blob, hooks);
    // What an earlier download left can be damaged: the whole file decides.
    if (outcome.wrong && outcome.continued) outcome = await fillBlob(connection, address, info, blob, hooks);
    if (outcome.wrong) throw wrongChecksum(address, info.etag, outcome.wrong);
  } finally {
    await release();
  }
}

const retryOf = ({ retryDelay: delay, signal, onRetry }: HubHooks): RetryOptions => ({
  delay,
  signal,
  onRetry,
});

interface Outcome {
  /** The checksum of a file that is not the published one; it was deleted. */
  readonly wrong?: string;
  /** Part of the file came from an earlier connection. */
  readonly continued: boolean;
}

async function fillBlob(
  connection: Connection,
  address: HubAddress,
  info: HubFileInfo,
  blob: string,
  hooks: HubHooks,
): Promise<Outcome> {
  const partial = await PartialFile.open(blob, info.size);
  const reporter = new TransferReporter(address.file, hooks.onProgress);
  let continued = partial.bytes > 0;
  try {
    await partial.checkSpace();
    const receiveRest = async () => {
      if (partial.bytes > 0) continued = true;
      await receive(connection, address, info, partial, reporter);
    };
    await withRetries(receiveRest, () => partial.bytes, retryOf(hooks));
  } catch (error) {
    await partial.keep();
    throw error;
  }
  const sum = partial.sha256();
  if (info.sha256 !== undefined && sum !== info.sha256) {
    await partial.discard();
    return { wrong: sum, continued };
  }
  await partial.publish(blob);
  return { continued };
}

/** One connection: from where the file ends now, as far as it goes. */
async function receive(
  connection: Connection,
  address: HubAddress,
  info: HubFileInfo,
  partial: PartialFile,
  reporter: TransferReporter,
): Promise<void> {
  reporter.update(partial.bytes, info.size);
  if (partial.bytes > 0 && partial.bytes === info.size) return;
  const from = partial.bytes;
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const answer = await connection.request(address, 'GET', info.url, headers);
  try {
    await checkStart(connection, address, answer, partial);
    const total = info.size ?? totalOf(answer, partial.bytes);
    for await (const chunk of answer.body()) {
      await partial.append(chunk);
      reporter.update(partial.bytes, total);
    }
    if (total !== undefined && partial.bytes < total) throw cutOff(address, partial.bytes, total);
    if (total !== undefined && partial.bytes > total) {
      await partial.restart();
      throw badAnswer(address, 'it is longer than announced', answer.url.host);
    }
  } finally {
    answer.close();
  }
}

/** Accepts a range that continues the file, or a whole file, with which it begins anew. */
async function checkStart(
  connection: Connection,
  address: HubAddress,
  answer: Answer,
  partial: PartialFile,
): Promise<void> {
  const { status, url } = answer;
  if (status === 416) {
    await partial.restart();
    throw serverFailed(address, status, 'it has no such range: the download begins anew');
  }
  // A store's signed address expires: the next attempt asks the hub for a new one.
  if (status === 403 && url.origin !== new URL(connection.settings.endpoint).origin)
    throw serverFailed(address, status, url.host);
  refuseFailure(connection, address, answer);
  if (status === 206 && partial.bytes > 0) {
    const start = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '')?.[1];
    if (Number(start) === partial.bytes) return;
  }
  if (partial.bytes > 0) await partial.restart();
  if (status !== 200) throw serverFailed(address, status, 'not the range that was asked for');
}

/** Bytes of the whole file, from the answer itself. */
function totalOf(answer: Answer, from: number): number | undefined {
  const length = answer.header('content-length');
  return length === undefined ? undefined : from + Number(length);
}
