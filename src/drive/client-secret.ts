import { MdfeError, usageError } from '../common/errors.ts';
import { JsonFields, readJsonObject } from './json-file.ts';

/** An OAuth client of type desktop. Its secret is not confidential (RFC 8252, 8.5), but Google wants it sent. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authUri: string;
  readonly tokenUri: string;
}

const REMEDY =
  'in the Google Cloud console make an OAuth client of type "Desktop app", download its JSON and name it in GOOGLE_DRIVE.client_secret_path (docs/google-drive.md shows each step)';

const GOOGLE_AUTH = 'https://accounts.google.com/o/oauth2/v2/auth';
export const GOOGLE_TOKEN = 'https://oauth2.googleapis.com/token';

/** Reads the file that the Google Cloud console offers for download. */
export async function readClientSecret(path: string): Promise<OAuthClient> {
  const file = await readJsonObject(path, REMEDY);
  if (!file)
    throw usageError({
      code: 'drive/no-client',
      what: 'there is no OAuth client to sign in with',
      where: path,
      expected: 'the client_secret.json of an OAuth client of type desktop',
      todo: REMEDY,
    });
  if (file.web !== undefined)
    throw new MdfeError({
      code: 'drive/credentials',
      what: 'this OAuth client is of type "Web application", which cannot be used on a desktop',
      where: path,
      expected: 'the key "installed"',
      got: 'the key "web"',
      todo: REMEDY,
    });
  const { installed } = file;
  if (typeof installed !== 'object' || installed === null)
    throw new MdfeError({
      code: 'drive/credentials',
      what: 'this is not the file of an OAuth client',
      where: path,
      expected: 'the key "installed"',
      got: Object.keys(file).join(', ') || 'no keys',
      todo: REMEDY,
    });
  const fields = new JsonFields(installed as Record<string, unknown>, path, REMEDY);
  return {
    clientId: fields.text('client_id'),
    clientSecret: fields.text('client_secret'),
    authUri: fields.address('auth_uri', GOOGLE_AUTH),
    tokenUri: fields.address('token_uri', GOOGLE_TOKEN),
  };
}
