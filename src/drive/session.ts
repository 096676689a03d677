import { readFile, rm } from 'node:fs/promises';
import { writeAtomically } from '../common/atomic-file.ts';
import { isSystemError } from '../common/errors.ts';
import { type Stamp, sameStamp } from './source.ts';

/** An upload that has begun, so that another process can go on with it. */
export interface Session extends Stamp {
  /** Address that takes the bytes from whoever knows it: never to be shown or logged. */
  readonly url: string;
  readonly md5: string;
  readonly folderId: string;
  /** File that is replaced; empty: a new one is made. */
  readonly replaces: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Google forgets sessions after a week. */
const LONGEST_MS = 6 * 24 * 3600 * 1000;

export const sessionFile = (path: string): string => `${path}.upload.json`;

/** The session of this very file and target, unless it is too old. */
export async function readSession(
  path: string,
  target: Stamp & Pick<Session, 'folderId' | 'replaces'>,
  origin: string,
): Promise<Session | undefined> {
  let session: Session | null;
  try {
    session = JSON.parse(await readFile(sessionFile(path), 'utf8')) as Session | null;
  } catch (error) {
    // Half a file, or none: the upload begins anew.
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (session === null) return undefined;
  const fits =
    sameStamp(session, target) &&
    session.folderId === target.folderId &&
    session.replaces === target.replaces &&
    Date.now() - session.created < LONGEST_MS &&
    URL.canParse(session.url) &&
    new URL(session.url).origin === origin;
  return fits ? session : undefined;
}

export function writeSession(path: string, session: Session): Promise<void> {
  return writeAtomically(sessionFile(path), `${JSON.stringify(session)}\n`, 0o600);
}

export function removeSession(path: string): Promise<void> {
  return rm(sessionFile(path), { force: true });
}
