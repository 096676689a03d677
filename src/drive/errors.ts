import { MdfeError } from '../common/errors.ts';
import type { NetworkFailure } from '../net/failure.ts';
import { isOffline, OFFLINE_VARIABLE } from '../net/offline.ts';
import { explainFailure, type Service } from '../net/service.ts';

interface Explanation {
  readonly code: string;
  readonly what: string;
  readonly todo: string;
}

const DRIVE: Service = {
  code: 'drive',
  name: 'Google Drive',
  possessive: "Google's",
  goOn: 'run the same command again: the transfer continues where it stopped',
};

/** A request that got no answer. @param where what the request was about */
export const explainDriveFailure =
  (where: string) =>
  (failure: NetworkFailure): MdfeError =>
    explainFailure(DRIVE, failure, where);

/** Refuses to go on where the user keeps MDFE off the network. */
export function refuseOffline(where: string, env: NodeJS.ProcessEnv = process.env): void {
  if (!isOffline(env)) return;
  throw new MdfeError({
    code: 'drive/offline',
    what: `${OFFLINE_VARIABLE} forbids to use the network, so nothing goes to Google Drive`,
    where,
    todo: `unset ${OFFLINE_VARIABLE}; packages are kept, and mdfe upload RESULT_DIR uploads what is not there yet`,
  });
}

export function notSignedIn(where: string): MdfeError {
  return new MdfeError({
    code: 'drive/not-signed-in',
    what: 'nobody has signed in to Google Drive here',
    where,
    todo: 'run: mdfe drive-login, or in the editor MDFE: Sign in to Google Drive',
  });
}

const EXPIRED: Explanation = {
  code: 'drive/sign-in-expired',
  what: 'Google no longer accepts this sign-in',
  todo: 'sign in again: mdfe drive-login, or MDFE: Sign in to Google Drive. A sign-in dies after seven days while the OAuth app is in "Testing" (publish the app in the Google Cloud console to end that), after six months without use, and when it is revoked or the password changes',
};

/** The refresh token no longer works. */
export const signInExpired = (got: string): MdfeError => new MdfeError({ ...EXPIRED, got });

export function badDriveAnswer(where: string, what: string): MdfeError {
  return new MdfeError({
    code: 'drive/bad-answer',
    what: `the answer is not Google Drive's: ${what}`,
    where,
    todo: 'a login page of the network can stand in the way; try again',
  });
}

/** An answer of 400 and above, as Google gives it. */
export interface Refusal {
  readonly status: number;
  /** e.g. `storageQuotaExceeded`; empty where none is given. */
  readonly reason: string;
  readonly message: string;
}

const TOO_MANY: Explanation = {
  code: 'drive/too-many-requests',
  what: 'Google Drive asks to send fewer requests',
  todo: 'wait some minutes and run the same command again',
};
const QUOTA: Explanation = {
  code: 'drive/quota',
  what: 'the Google Drive is full',
  todo: 'free space in the Drive (its bin counts too), or sign in with another account, then run: mdfe upload RESULT_DIR',
};
const POLICY: Explanation = {
  code: 'drive/policy',
  what: 'a policy of the Google Workspace forbids this',
  todo: 'ask its administrator, or use another account',
};

/** By the reason that Google states; repeating changes nothing but for the first two. */
const BY_REASON: Readonly<Record<string, Explanation>> = {
  rateLimitExceeded: TOO_MANY,
  userRateLimitExceeded: TOO_MANY,
  storageQuotaExceeded: QUOTA,
  teamDriveFileLimitExceeded: QUOTA,
  dailyLimitExceeded: {
    code: 'drive/daily-limit',
    what: "the day's limit of the API is reached",
    todo: 'try again tomorrow, or raise the limit in the Google Cloud console',
  },
  accessNotConfigured: {
    code: 'drive/api-off',
    what: 'the Google Drive API is switched off in the project of this OAuth client',
    todo: 'switch it on in the Google Cloud console under "APIs & Services", "Library", and wait some minutes',
  },
  insufficientPermissions: {
    code: 'drive/scope',
    what: 'the sign-in does not give the permission to do this',
    todo: 'sign in again: mdfe drive-login',
  },
  publishOutNotPermitted: POLICY,
  domainPolicy: POLICY,
  sharingRateLimitExceeded: { ...TOO_MANY, code: 'drive/sharing-limit' },
};

/** @param where what the request was about */
export function explainRefusal({ status, reason, message }: Refusal, where: string): MdfeError {
  const details = { where, got: `HTTP ${status}${reason && ` ${reason}`}${message && `: ${message}`}` };
  return new MdfeError({ ...(BY_REASON[reason] ?? byStatus(status)), ...details });
}

function byStatus(status: number): Explanation {
  if (status === 401) return EXPIRED;
  if (status === 429) return TOO_MANY;
  if (status === 408 || status >= 500)
    return { code: 'drive/server', what: 'Google Drive could not answer', todo: 'try again later' };
  if (status === 404)
    return { code: 'drive/not-found', what: 'Google Drive has no such file', todo: 'check the id' };
  if (status === 403)
    return {
      code: 'drive/forbidden',
      what: 'Google Drive forbids this',
      todo: 'check that the account may write there',
    };
  return { code: 'drive/refused', what: 'Google Drive refused the request', todo: 'see what it says above' };
}

/** A folder that does not exist, or that the sign-in cannot see: Google tells the two not apart. */
export function folderNotFound(folderId: string, ownFilesOnly: boolean): MdfeError {
  return new MdfeError({
    code: 'drive/folder-not-found',
    what: ownFilesOnly
      ? 'there is no such folder, or you made it in the browser: the permission drive.file sees only what MDFE made'
      : 'there is no such folder in this Google Drive',
    where: 'GOOGLE_DRIVE.folder_id',
    got: folderId,
    todo: ownFilesOnly
      ? 'let MDFE make a folder (mdfe drive-login --folder NAME prints its id), sign in with --scope full, or leave folder_id empty'
      : "copy the last part of the folder's address, or leave folder_id empty; the folder must be shared with this account for writing",
  });
}
