import { explainWriteError } from '../common/atomic-file.ts';
import { formatBytes } from '../common/bytes.ts';
import { isSystemError, MdfeError } from '../common/errors.ts';
import type { HubAddress } from './names.ts';

export function addressText({ repo, revision, file }: HubAddress): string {
  const at = revision === 'main' ? repo : `${repo}@${revision}`;
  return file === '' ? at : `${at}/${file}`;
}

/** The repository asks its users to accept conditions, or is private. */
export function gated(address: HubAddress, endpoint: string, hasToken: boolean): MdfeError {
  const page = `${endpoint}/${address.repo}`;
  return new MdfeError({
    code: 'hub/gated',
    what: hasToken
      ? 'this repository is gated, and your account has no access to it'
      : 'this repository is gated or private (or does not exist), and no token was sent',
    where: addressText(address),
    todo: hasToken
      ? `accept the conditions on ${page} with the account that the token belongs to; a fine-grained token also needs the right to read gated repositories`
      : `accept the conditions on ${page}, make a token on ${endpoint}/settings/tokens and set HF_TOKEN (or run: hf auth login)`,
  });
}

export function tokenRefused(address: HubAddress, endpoint: string): MdfeError {
  return new MdfeError({
    code: 'hub/token-refused',
    what: 'the hub refused the token as invalid',
    where: addressText(address),
    todo: `make a new token on ${endpoint}/settings/tokens and set HF_TOKEN, or unset HF_TOKEN and remove the saved token if the repository is public`,
  });
}

export function notFound(
  address: HubAddress,
  what: 'repository' | 'revision' | 'file',
  endpoint: string,
): MdfeError {
  return new MdfeError({
    code: `hub/${what}-not-found`,
    what: `the hub has no such ${what}`,
    where: addressText(address),
    todo: `check the name on ${endpoint}/${address.repo}`,
  });
}

export function offline(address: HubAddress, cacheDir: string): MdfeError {
  return new MdfeError({
    code: 'hub/offline',
    what: 'this file is not in the cache, and HF_HUB_OFFLINE or MDFE_OFFLINE forbids to download it',
    where: addressText(address),
    expected: `the file in ${cacheDir}`,
    todo: 'unset HF_HUB_OFFLINE and MDFE_OFFLINE, or copy a filled cache here (HF_HUB_CACHE)',
  });
}

/** @param needed bytes still to be written */
export function diskFull(folder: string, needed: number, free: number): MdfeError {
  return new MdfeError({
    code: 'disk/full',
    what: 'the disk has too little space for this download',
    where: folder,
    expected: `${formatBytes(needed)} free`,
    got: formatBytes(free),
    todo: 'free space, or set HF_HOME to a folder on another disk; what was downloaded is kept and continued',
  });
}

/** The cache cannot be filled: its place takes no files. */
export function explainCacheError(error: unknown, cacheDir: string): unknown {
  const code = ['ENOENT', 'ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS'].find((c) =>
    isSystemError(error, c),
  );
  if (code === undefined) return explainWriteError(error, cacheDir);
  return new MdfeError({
    code: 'hub/cache-not-writable',
    what: `the cache of weights cannot be written (${code})`,
    where: cacheDir,
    expected: 'a folder that takes files',
    todo: 'set HF_HOME (or HF_HUB_CACHE) to a folder that you may write to',
    cause: error,
  });
}

export function wrongChecksum(address: HubAddress, expected: string, got: string): MdfeError {
  return new MdfeError({
    code: 'hub/checksum',
    what: 'the downloaded file is not what the hub published; it was deleted',
    where: addressText(address),
    expected,
    got,
    todo: 'try again; if it happens again, something between here and the hub (a proxy, a mirror named by HF_ENDPOINT) changes files',
  });
}

export function tooManyRequests(address: HubAddress): MdfeError {
  return new MdfeError({
    code: 'hub/too-many-requests',
    what: 'the hub asks to send fewer requests (HTTP 429)',
    where: addressText(address),
    todo: 'wait some minutes, or set HF_TOKEN for a higher limit',
  });
}

/** A failure that may pass by itself. */
export function serverFailed(address: HubAddress, status: number, text: string): MdfeError {
  return new MdfeError({
    code: 'hub/server',
    what: 'the hub could not answer',
    where: addressText(address),
    got: `HTTP ${status}${text ? ` (${text})` : ''}`,
    todo: 'try again later',
  });
}

/** A failure that repeating does not change. */
export function requestRefused(address: HubAddress, status: number, text: string): MdfeError {
  return new MdfeError({
    code: 'hub/refused',
    what: 'the hub refused the request',
    where: addressText(address),
    got: `HTTP ${status}${text ? ` (${text})` : ''}`,
    todo: 'check HF_ENDPOINT',
  });
}

export function badAnswer(address: HubAddress, what: string, endpoint: string): MdfeError {
  return new MdfeError({
    code: 'hub/bad-answer',
    what: `the answer is not a hub's: ${what}`,
    where: addressText(address),
    got: endpoint,
    todo: 'check HF_ENDPOINT; a login page of the network can also stand in the way',
  });
}

export function cutOff(address: HubAddress, done: number, total: number | undefined): MdfeError {
  return new MdfeError({
    code: 'hub/interrupted',
    what: 'the connection broke again and again',
    where: addressText(address),
    expected: total === undefined ? undefined : formatBytes(total),
    got: formatBytes(done),
    todo: 'run the same command again: the download continues where it stopped',
  });
}
