import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MdfeError } from '../common/errors.ts';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** Receives the browser's redirect on this machine (RFC 8252, 7.3): 127.0.0.1, a free port, one answer. */
export class Loopback {
  /** The authorization code; rejects when the user refuses. */
  readonly code: Promise<string>;
  private readonly state: string;
  private readonly server: Server;
  private settle!: { resolve: (code: string) => void; reject: (error: Error) => void };

  private constructor(state: string) {
    this.state = state;
    this.code = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.code.catch(() => undefined); // thrown to whoever awaits it, be it later
    this.server = createServer((request, response) => {
      const page = this.receive(new URL(request.url ?? '/', 'http://127.0.0.1'));
      response.writeHead(page.status, PAGE_HEADERS).end(`<!doctype html><title>MDFE</title><p>${page.text}`);
    });
  }

  static async listen(state: string): Promise<Loopback> {
    const loopback = new Loopback(state);
    await new Promise<void>((resolve, reject) => {
      loopback.server.once('error', reject);
      loopback.server.listen(0, '127.0.0.1', resolve);
    });
    return loopback;
  }

  /** Where the browser is sent back to. */
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Takes an address that the browser was sent to; also one that the user copied out of the browser. */
  receive(url: URL): { readonly status: number; readonly text: string } {
    const { searchParams: q } = url;
    if (!q.has('code') && !q.has('error')) return { status: 404, text: 'Nothing is here.' };
    // Somebody else's request does not end the sign-in.
    if (!sameText(q.get('state') ?? '', this.state))
      return { status: 400, text: 'This answer belongs to another sign-in.' };
    const code = q.get('code');
    if (code) {
      this.settle.resolve(code);
      return { status: 200, text: 'Signed in. You can close this window and go back to MDFE.' };
    }
    this.settle.reject(refused(q.get('error') ?? ''));
    return { status: 200, text: 'The sign-in was refused. You can close this window.' };
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function refused(error: string): MdfeError {
  return new MdfeError({
    code: 'drive/access-denied',
    what: error === 'access_denied' ? 'the sign-in was refused' : 'Google did not let the sign-in go on',
    got: error,
    todo: 'sign in again and allow access. While the OAuth app is in "Testing", only accounts that it names as test users may sign in',
  });
}
