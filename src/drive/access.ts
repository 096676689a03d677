import type { HttpClient } from '../net/http.ts';
import { type RetryOptions, withRetries } from '../net/retry.ts';
import type { DriveToken } from './token.ts';
import { askTokenServer, postWith } from './token-server.ts';

/** Milliseconds before its end at which an access token is replaced. */
const MARGIN_MS = 60_000;

/** Short-lived access tokens out of the lasting sign-in; kept in memory alone. */
export class Access {
  readonly token: DriveToken;
  private readonly http: HttpClient;
  private readonly retry: RetryOptions;
  private now: { readonly value: string; readonly until: number } | undefined;

  constructor(token: DriveToken, http: HttpClient, retry: RetryOptions) {
    this.token = token;
    this.http = http;
    this.retry = retry;
  }

  /** The value of the header. */
  async authorization(): Promise<string> {
    if (!this.now || Date.now() > this.now.until - MARGIN_MS) await this.refresh();
    return `Bearer ${this.now!.value}`;
  }

  /** Gets another access token, also when the present one has not run out. */
  async refresh(): Promise<void> {
    const { tokenUri, clientId, clientSecret, refreshToken } = this.token;
    const form = {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    };
    const answer = await withRetries(
      () => askTokenServer(postWith(this.http), tokenUri, form),
      () => 0,
      this.retry,
    );
    this.now = { value: answer.accessToken, until: Date.now() + answer.seconds * 1000 };
  }
}
