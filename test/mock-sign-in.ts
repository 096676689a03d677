import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export const CLIENT = { id: 'client-id.apps.example', secret: 'client-secret' };

/** Google's sign-in, as far as MDFE uses it. */
export class MockSignIn {
  refreshTokens = new Set(['refresh-1']);
  /** Scopes that the user leaves ticked. */
  granted: string | undefined;
  /** The user refuses on Google's page. */
  refuses = false;
  private readonly valid = new Set<string>();
  private readonly codes = new Map<string, URLSearchParams>();
  private count = 0;

  /** Whether an authorization header holds an access token that was given out. */
  accepts(authorization: string | undefined): boolean {
    return this.valid.has(authorization ?? '');
  }

  /** What the browser meets: sends it back with a code, or with the user's refusal. */
  authorize(q: URLSearchParams, response: ServerResponse): unknown {
    const back = new URL(q.get('redirect_uri')!);
    back.searchParams.set('state', q.get('state')!);
    if (this.refuses) back.searchParams.set('error', 'access_denied');
    else {
      const code = `code-${++this.count}`;
      this.codes.set(code, q);
      back.searchParams.set('code', code);
    }
    return response.writeHead(302, { location: back.href }).end();
  }

  /** For a code or a refresh token, after the checks that Google makes: PKCE, redirect, client. */
  giveToken(form: URLSearchParams, response: ServerResponse): unknown {
    if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret)
      return fail(response, 401, 'invalid_client', true);
    const access = `access-${++this.count}`;
    const answer = { access_token: access, expires_in: 3599, token_type: 'Bearer' };
    if (form.get('grant_type') === 'refresh_token') {
      if (!this.refreshTokens.has(form.get('refresh_token') ?? ''))
        return fail(response, 400, 'invalid_grant', true);
      this.valid.add(`Bearer ${access}`);
      return json(response, answer);
    }
    const asked = this.codes.get(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      !asked ||
      asked.get('code_challenge') !== challenge ||
      asked.get('code_challenge_method') !== 'S256' ||
      asked.get('redirect_uri') !== form.get('redirect_uri')
    )
      return fail(response, 400, 'invalid_grant', true);
    this.valid.add(`Bearer ${access}`);
    const refresh = `refresh-${++this.count}`;
    this.refreshTokens.add(refresh);
    return json(response, { ...answer, refresh_token: refresh, scope: this.granted ?? asked.get('scope') });
  }
}

export function json(response: ServerResponse, value: unknown): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function fail(
  response: ServerResponse,
  status: number,
  reason = '',
  tokenServer = false,
): ServerResponse {
  const error = tokenServer
    ? { error: reason, error_description: 'said the mock' }
    : { error: { code: status, message: 'said the mock', errors: [{ reason, domain: 'global' }] } };
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
}
