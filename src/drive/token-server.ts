import { MdfeError } from '../common/errors.ts';
import type { HttpClient } from '../net/http.ts';
import { badDriveAnswer, explainDriveFailure, explainRefusal, signInExpired } from './errors.ts';

export interface TokenAnswer {
  readonly accessToken: string;
  /** How long it lasts. */
  readonly seconds: number;
  /** Only of a sign-in. */
  readonly refreshToken: string | undefined;
  readonly scopes: readonly string[];
}

/** Posts a form. Whoever calls brings the network: the editor has its own, which knows its proxy settings. */
export type PostForm = (
  url: URL,
  form: string,
) => Promise<{ readonly status: number; readonly text: string }>;

export const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' } as const;

export const postWith =
  (http: HttpClient): PostForm =>
  async (url, body) => {
    const request = { method: 'POST', url, headers: FORM_TYPE, body } as const;
    const answer = await http.send(request, explainDriveFailure(`sign-in at ${url.host}`));
    return { status: answer.status, text: await answer.text() };
  };

/** Asks Google's token server (RFC 6749, 4.1.3 and 6). */
export async function askTokenServer(
  post: PostForm,
  tokenUri: string,
  form: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const url = new URL(tokenUri);
  const where = `sign-in at ${url.host}`;
  const { status, text } = await post(url, new URLSearchParams(form).toString());
  const fields = parse(text);
  if (status >= 400) throw refused(status, fields, where);
  const { access_token, expires_in, refresh_token, scope } = fields;
  if (typeof access_token !== 'string') throw badDriveAnswer(where, 'it holds no access token');
  return {
    accessToken: access_token,
    seconds: typeof expires_in === 'number' ? expires_in : 0,
    refreshToken: typeof refresh_token === 'string' ? refresh_token : undefined,
    scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function refused(status: number, fields: Readonly<Record<string, unknown>>, where: string): MdfeError {
  const code = typeof fields.error === 'string' ? fields.error : '';
  const message = typeof fields.error_description === 'string' ? fields.error_description : '';
  const got = `HTTP ${status} ${code}${message && `: ${message}`}`;
  if (code === 'invalid_grant') return signInExpired(got);
  if (code === 'invalid_client' || code === 'unauthorized_client' || code === 'deleted_client')
    return new MdfeError({
      code: 'drive/client-refused',
      what: 'Google does not know this OAuth client, or its secret is wrong',
      where,
      got,
      todo: 'download client_secret.json again from the Google Cloud console and sign in again',
    });
  return explainRefusal({ status, reason: code, message }, where);
}
