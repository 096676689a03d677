import { MdfeError } from '../common/errors.ts';

const PREFIX = 'https://www.googleapis.com/auth/';
export const FULL_SCOPE = `${PREFIX}drive`;
/** Files that MDFE made, and no others. */
export const OWN_FILES_SCOPE = `${PREFIX}drive.file`;

/** Users can untick permissions on Google's page: what was granted decides, not what was asked for. */
export function checkScopes(asked: readonly string[], granted: readonly string[]): void {
  const missing = asked.filter((scope) => !granted.includes(scope) && !granted.includes(FULL_SCOPE));
  if (missing.length === 0) return;
  throw new MdfeError({
    code: 'drive/scope',
    what: 'the sign-in did not give the permission to store files',
    expected: missing.join(' '),
    got: granted.join(' ') || 'nothing',
    todo: "sign in again and leave the tick at Google Drive's permission on Google's page",
  });
}

/** What becomes of an upload, in words. */
export function whoCanRead(share: boolean): string {
  return share
    ? "readable for everyone who has their link, which Kaggle's notebook needs (mdfe drive-login --private, or another sign-in in the editor, changes that)"
    : 'readable for you alone';
}

/** True where a folder that the user made in the browser cannot be seen. */
export function seesOwnFilesOnly(granted: readonly string[]): boolean {
  return !granted.includes(FULL_SCOPE);
}
