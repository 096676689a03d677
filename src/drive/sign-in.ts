import { createHash, randomBytes } from 'node:crypto';
import { MdfeError } from '../common/errors.ts';
import type { OAuthClient } from './client-secret.ts';
import { badDriveAnswer, refuseOffline } from './errors.ts';
import { Loopback } from './loopback.ts';
import { checkScopes } from './scopes.ts';
import type { DriveToken } from './token.ts';
import { askTokenServer, type PostForm } from './token-server.ts';

export interface SignInRequest {
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  /** Whether uploads will be made readable for everyone who has their link. */
  readonly share: boolean;
  readonly post: PostForm;
  /** Shows Google's page to the user. */
  readonly openBrowser: (url: string) => Promise<void>;
  /** Address at which the user's browser reaches the given one; the same unless a port is forwarded. */
  readonly reachedAs?: ((address: string) => Promise<string>) | undefined;
  /** The address that the browser was sent back to, from a user whose browser cannot reach this machine. */
  readonly pasted?: ((check: (text: string) => string | undefined) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the user has. */
  readonly patience?: number | undefined;
}

const PATIENCE_MS = 10 * 60_000;

/** Signs in with the system's browser: authorization code with PKCE (RFC 7636, S256) and state, loopback redirect. */
export async function signIn(request: SignInRequest): Promise<DriveToken> {
  refuseOffline('sign-in');
  const { client, scopes, signal } = request;
  const state = randomBytes(24).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  const loopback = await Loopback.listen(state);
  try {
    const redirect = (await request.reachedAs?.(loopback.address)) ?? loopback.address;
    await request.openBrowser(authorizationUrl(client, scopes, redirect, state, verifier));
    request.pasted?.((text) => takePasted(loopback, text)).catch(() => undefined);
    const code = await waitFor(loopback.code, signal, request.patience ?? PATIENCE_MS);
    const answer = await askTokenServer(request.post, client.tokenUri, {
      grant_type: 'authorization_code',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      code,
      code_verifier: verifier,
      redirect_uri: redirect,
    });
    checkScopes(scopes, answer.scopes);
    if (answer.refreshToken === undefined)
      throw badDriveAnswer('sign-in', 'it holds no refresh token, so that the sign-in would end in an hour');
    const { clientId, clientSecret, tokenUri } = client;
    const { refreshToken } = answer;
    return { clientId, clientSecret, tokenUri, refreshToken, scopes: answer.scopes, share: request.share };
  } finally {
    loopback.close();
  }
}

function authorizationUrl(
  client: OAuthClient,
  scopes: readonly string[],
  redirect: string,
  state: string,
  verifier: string,
): string {
  const url = new URL(client.authUri);
  const parameters = {
    client_id: client.clientId,
    redirect_uri: redirect,
    response_type: 'code',
    scope: scopes.join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    access_type: 'offline', // with a refresh token
    prompt: 'consent', // which Google gives only when it asks
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** What is wrong with an address that the user pasted; undefined: nothing, the sign-in goes on. */
function takePasted(loopback: Loopback, text: string): string | undefined {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return "this is no address: copy all of the browser's address line";
  const { status, text: answer } = loopback.receive(new URL(trimmed));
  if (status === 404) return 'this address holds no code: copy it after allowing access';
  return status === 200 ? undefined : answer;
}

async function waitFor(
  code: Promise<string>,
  signal: AbortSignal | undefined,
  patience: number,
): Promise<string> {
  const late = AbortSignal.timeout(patience);
  const ended = signal ? AbortSignal.any([signal, late]) : late;
  return new Promise<string>((resolve, reject) => {
    const give = () =>
      reject(
        signal?.aborted
          ? signal.reason
          : new MdfeError({
              code: 'drive/sign-in-late',
              what: `nobody signed in within ${Math.round(patience / 1000)} s`,
              todo: 'run the command again, and finish on the page that opens in the browser',
            }),
      );
    if (ended.aborted) give();
    ended.addEventListener('abort', give, { once: true });
    code.then(resolve, reject);
  });
}
