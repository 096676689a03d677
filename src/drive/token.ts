import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainWriteError, writeAtomically } from '../common/atomic-file.ts';
import { GOOGLE_TOKEN } from './client-secret.ts';
import { JsonFields, parseJsonObject, readJsonObject } from './json-file.ts';

/** A sign-in that lasts. Everything in it but the scopes is secret. */
export interface DriveToken {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUri: string;
  readonly refreshToken: string;
  /** As granted. */
  readonly scopes: readonly string[];
  /** Whether uploads are made readable for everyone who has their link. */
  readonly share: boolean;
}

const REMEDY = 'sign in again: mdfe drive-login, or MDFE: Sign in to Google Drive';

/** The fields are those of google-auth's `Credentials.to_json()`, so that Python's tools read the file too. */
export function formatToken(token: DriveToken): string {
  const fields = {
    refresh_token: token.refreshToken,
    token_uri: token.tokenUri,
    client_id: token.clientId,
    client_secret: token.clientSecret,
    scopes: token.scopes,
    share: token.share,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** @param where file or variable, for messages */
export function parseToken(text: string, where: string): DriveToken {
  return toToken(parseJsonObject(text, where, REMEDY), where);
}

function toToken(object: Readonly<Record<string, unknown>>, where: string): DriveToken {
  const fields = new JsonFields(object, where, REMEDY);
  return {
    refreshToken: fields.text('refresh_token'),
    tokenUri: fields.address('token_uri', GOOGLE_TOKEN),
    clientId: fields.text('client_id'),
    clientSecret: fields.text('client_secret'),
    scopes: fields.texts('scopes'),
    share: fields.optionalFlag('share') ?? false,
  };
}

/** The Python system's path ends in .pickle; a pickle can run code, so ours is a JSON file beside it. */
export function tokenFile(configured: string): string {
  return configured.replace(/(\.pickle|\.pkl|\.json)?$/, '.json');
}

/** Undefined when nobody has signed in. */
export async function readToken(path: string): Promise<DriveToken | undefined> {
  const object = await readJsonObject(path, REMEDY);
  return object && toToken(object, path);
}

/** Readable and writable for its owner alone. */
export async function writeToken(path: string, token: DriveToken): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainWriteError(error, path);
  }
  await writeAtomically(path, formatToken(token), 0o600);
  await chmod(path, 0o600); // whatever the umask said
}
