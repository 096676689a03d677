import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DriveToken } from '../src/drive/token.ts';

/** What a request is about, for faults and for looking at what was asked. */
export type Kind =
  | 'token'
  | 'begin'
  | 'chunk'
  | 'status'
  | 'list'
  | 'get'
  | 'media'
  | 'create'
  | 'share'
  | 'delete';

export interface Fault {
  readonly on: Kind;
  /** Answers with this status instead of doing anything. */
  readonly status?: number;
  /** Google's reason in the answer, or the token server's error code. */
  readonly reason?: string;
  /** Takes (or sends) so many bytes of the body and cuts the connection. */
  readonly cut?: number;
  /** Takes so many bytes of the body and answers 308 as if that were all. */
  readonly keep?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Does what was asked, and cuts the connection instead of answering. */
  readonly silent?: boolean;
}

interface StoredFile {
  readonly name: string;
  readonly parents: readonly string[];
  content: Buffer;
  shared: boolean;
}

interface Session {
  readonly total: number;
  readonly name: string;
  readonly parents: readonly string[];
  readonly replaces: string | undefined;
  bytes: Buffer;
  made: string | undefined;
}

export const CLIENT = { id: 'client-id.apps.example', secret: 'client-secret' };
const GRAIN = 256 * 1024;

/** Google's sign-in and Drive's API on a free local port, as far as MDFE uses them; the public fields inject faults. */
export class MockDrive {
  readonly files = new Map<string, StoredFile>();
  readonly folders = new Set<string>();
  readonly seen: { readonly kind: Kind; readonly range: string | undefined; readonly body: string }[] = [];
  /** The next request of a fault's kind meets it. */
  faults: Fault[] = [];
  /** What arrives is changed on its way. */
  tamper: ((content: Buffer) => Buffer) | undefined;
  /** Access tokens that are taken. */
  readonly valid = new Set<string>();
  refreshTokens = new Set(['refresh-1']);
  /** Scopes that the user leaves ticked. */
  granted: string | undefined;
  /** The user refuses on Google's page. */
  refuses = false;
  private readonly sessions = new Map<string, Session>();
  private readonly codes = new Map<string, URLSearchParams>();
  private count = 0;
  private readonly server = createServer((q, a) => {
    this.answer(q, a).catch((error: unknown) => a.destroy(error as Error));
  });

  static async start(): Promise<MockDrive> {
    const mock = new MockDrive();
    await new Promise<void>((done) => mock.server.listen(0, '127.0.0.1', done));
    return mock;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What `client_secret.json` holds. */
  get clientSecret(): string {
    const uris = { auth_uri: `${this.endpoint}/auth`, token_uri: `${this.endpoint}/token` };
    return JSON.stringify({ installed: { client_id: CLIENT.id, client_secret: CLIENT.secret, ...uris } });
  }

  token(change: Partial<DriveToken> = {}): DriveToken {
    return {
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      tokenUri: `${this.endpoint}/token`,
      refreshToken: 'refresh-1',
      scopes: ['https://www.googleapis.com/auth/drive'],
      share: true,
      ...change,
    };
  }

  /** How many requests of a kind came. */
  requests(kind: Kind): number {
    return this.seen.filter((s) => s.kind === kind).length;
  }

  /** Google forgets every upload that has begun. */
  forgetSessions(): void {
    this.sessions.clear();
  }

  /** What the browser does with the address that it is sent to: the user allows everything, or refuses. */
  async browse(url: string): Promise<Response> {
    const answer = await fetch(url, { redirect: 'manual' });
    return fetch(answer.headers.get('location')!);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url!, this.endpoint);
    if (url.pathname === '/auth') return this.authorize(url.searchParams, response);
    const range = request.headers['content-range'] ?? request.headers.range;
    const kind = kindOf(request.method!, url, range);
    const at = this.faults.findIndex((f) => f.on === kind);
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    const body = await readBody(request, fault?.cut);
    this.seen.push({ kind, range, body: kind === 'chunk' ? '' : body.toString() });
    if (fault?.hang) return undefined;
    if (fault?.status !== undefined) return fail(response, fault.status, fault.reason, kind === 'token');
    if (kind === 'token') return this.giveToken(new URLSearchParams(body.toString()), response);
    if (!this.valid.has(request.headers.authorization ?? '')) return fail(response, 401, 'authError');
    const taken = fault?.keep === undefined ? body : body.subarray(0, fault.keep);
    const give = fault?.silent ? silenced() : response;
    await this.act(kind, url, taken, range, give, fault);
    if ((fault?.cut !== undefined && kind !== 'media') || fault?.silent) request.socket.destroy();
    return;
  }

  private async act(
    kind: Exclude<Kind, 'token'>,
    url: URL,
    body: Buffer,
    range: string | undefined,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<unknown> {
    const id = decodeURIComponent(/\/files\/([^/?]+)/.exec(url.pathname)?.[1] ?? '');
    switch (kind) {
      case 'begin':
        return this.begin(id, JSON.parse(body.toString()), url, response);
      case 'chunk':
      case 'status':
        return this.put(url.searchParams.get('upload_id')!, range!, body, response, fault?.cut !== undefined);
      case 'list':
        return json(response, { files: this.list(url.searchParams.get('q')!) });
      case 'create': {
        const made = `folder-${++this.count}`;
        this.folders.add(made);
        return json(response, { id: made, name: JSON.parse(body.toString()).name });
      }
    }
    const file = this.files.get(id);
    if (!file) return fail(response, 404, 'notFound');
    switch (kind) {
      case 'get':
        return json(response, this.describe(id));
      case 'share':
        file.shared = true;
        return json(response, { id: 'anyoneWithLink' });
      case 'delete':
        this.files.delete(id);
        return response.writeHead(204).end();
      case 'media': {
        const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
        const rest = file.content.subarray(start);
        response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
        if (fault?.cut === undefined) return response.end(rest);
        return response.write(rest.subarray(0, fault.cut), () => setTimeout(() => response.destroy(), 20));
      }
    }
  }

  private begin(
    replaces: string,
    meta: { name: string; parents?: string[] },
    url: URL,
    response: ServerResponse,
  ): unknown {
    const parents = meta.parents ?? [];
    if (replaces !== '' && !this.files.has(replaces)) return fail(response, 404, 'notFound');
    if (parents.some((p) => !this.folders.has(p))) return fail(response, 404, 'notFound');
    const id = `upload-${++this.count}`;
    this.sessions.set(id, {
      total: -1,
      name: meta.name,
      parents,
      replaces: replaces || undefined,
      bytes: Buffer.alloc(0),
      made: undefined,
    });
    const location = new URL(url);
    location.searchParams.set('upload_id', id);
    return response.writeHead(200, { location: location.href }).end();
  }

  private put(id: string, range: string, body: Buffer, response: ServerResponse, cut: boolean): unknown {
    const session = this.sessions.get(id);
    if (!session) return fail(response, 404, 'notFound');
    const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(range)!;
    const total = Number(match[3]);
    if (match[1] !== undefined && !session.made) {
      if (Number(match[1]) !== session.bytes.length) return fail(response, 400, 'badRange');
      const last = Number(match[2]) + 1 === total;
      if (!last && (Number(match[2]) + 1) % GRAIN !== 0) return fail(response, 400, 'badGrain');
      // Google keeps whole pieces of 256 KiB of what was cut off.
      const whole = body.length === Number(match[2]) + 1 - Number(match[1]);
      const kept = whole ? body : body.subarray(0, Math.floor(body.length / GRAIN) * GRAIN);
      session.bytes = Buffer.concat([session.bytes, kept]);
    }
    if (cut) return undefined;
    if (session.bytes.length < total) {
      const stored = session.bytes.length;
      response.writeHead(308, stored > 0 ? { range: `bytes=0-${stored - 1}` } : {}).end();
      return undefined;
    }
    session.made ??= this.store(session);
    return json(response, this.describe(session.made));
  }

  private store({ name, parents, replaces, bytes }: Session): string {
    const content = this.tamper?.(bytes) ?? bytes;
    const id = replaces ?? `file-${++this.count}`;
    const old = this.files.get(id);
    this.files.set(id, { name, parents: old?.parents ?? parents, content, shared: old?.shared ?? false });
    return id;
  }

  private describe(id: string): Record<string, string> {
    const { name, content } = this.files.get(id)!;
    return {
      id,
      name,
      size: String(content.length),
      md5Checksum: createHash('md5').update(content).digest('hex'),
      webViewLink: `https://drive.google.com/file/d/${id}/view?usp=drivesdk`,
    };
  }

  private list(q: string): Record<string, string>[] {
    const name = /^name = '((?:[^\\']|\\.)*)'/.exec(q)![1]!.replace(/\\(.)/g, '$1');
    const parent = /'([^']*)' in parents/.exec(q)?.[1];
    return [...this.files]
      .filter(([, f]) => f.name === name && (parent === undefined || f.parents.includes(parent)))
      .map(([id]) => this.describe(id));
  }

  private authorize(q: URLSearchParams, response: ServerResponse): unknown {
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

  private giveToken(form: URLSearchParams, response: ServerResponse): unknown {
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

function kindOf(method: string, url: URL, range: string | undefined): Kind {
  if (url.pathname === '/token') return 'token';
  if (method === 'PUT') return range!.startsWith('bytes *') ? 'status' : 'chunk';
  if (url.pathname.startsWith('/upload/')) return 'begin';
  if (url.pathname.endsWith('/permissions')) return 'share';
  if (method === 'DELETE') return 'delete';
  if (method === 'POST') return 'create';
  if (url.pathname.endsWith('/files')) return 'list';
  return url.searchParams.get('alt') === 'media' ? 'media' : 'get';
}

async function readBody(request: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer);
    length += (piece as Buffer).length;
    if (length >= most) break;
  }
  return Buffer.concat(pieces).subarray(0, most);
}

function json(response: ServerResponse, value: unknown): ServerResponse {
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, reason = '', tokenServer = false): ServerResponse {
  const error = tokenServer
    ? { error: reason, error_description: 'said the mock' }
    : { error: { code: status, message: 'said the mock', errors: [{ reason, domain: 'global' }] } };
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
}

/** Takes an answer and sends nothing. */
function silenced(): ServerResponse {
  const nothing = { writeHead: () => nothing, end: () => nothing };
  return nothing as unknown as ServerResponse;
}
