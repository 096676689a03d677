import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly server: 'hub' | 'store';
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export const COMMIT = 'c0ffee0000000000000000000000000000000001';
const LARGE = /\.(safetensors|bin|pt)$/;

/**
 * A hub and, at another origin, the store that it redirects large files to, on free local ports. Answers as the
 * Hugging Face hub does; the public fields inject faults.
 */
export class MockHub {
  /** `org/name/file` -> content. */
  readonly files = new Map<string, Uint8Array>();
  readonly seen: Seen[] = [];
  /** Repositories that need this token. */
  gated: { readonly token: string } | undefined;
  /** Bytes after which each of the next bodies is cut. */
  cuts: number[] = [];
  /** Statuses of the store's next answers. */
  failures: number[] = [];
  /** Bytes that the store sends instead of the file's. */
  tamper: ((content: Uint8Array) => Uint8Array) | undefined;
  ignoreRanges = false;
  /** The store answers when this is fulfilled. */
  held: Promise<void> | undefined;
  /** The next bodies stop after their first half and never end. */
  stalls = 0;
  private readonly hub = createServer((q, a) => this.answerHub(q, a));
  private readonly store = createServer((q, a) => this.answerStore(q, a));

  static async start(): Promise<MockHub> {
    const mock = new MockHub();
    await Promise.all(
      [mock.hub, mock.store].map((s) => new Promise<void>((done) => s.listen(0, '127.0.0.1', done))),
    );
    return mock;
  }

  get endpoint(): string {
    return origin(this.hub);
  }

  async close(): Promise<void> {
    for (const server of [this.hub, this.store]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  requests(server: Seen['server'], method?: string): Seen[] {
    return this.seen.filter((s) => s.server === server && (method === undefined || s.method === method));
  }

  private answerHub(request: IncomingMessage, answer: ServerResponse): void {
    this.note('hub', request);
    const [, repo, revision, file] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(request.url!) ?? [];
    const content = this.files.get(`${repo}/${file}`);
    const known = [...this.files.keys()].some((name) => name.startsWith(`${repo}/`));
    const { authorization } = request.headers;
    if (known && (revision === 'main' || revision === COMMIT)) answer.setHeader('x-repo-commit', COMMIT);
    if (this.gated && authorization !== `Bearer ${this.gated.token}`)
      answer.writeHead(authorization ? 403 : 401, { 'x-error-code': 'GatedRepo' }).end();
    else if (!known) answer.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
    else if (!answer.hasHeader('x-repo-commit'))
      answer.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
    else if (!content) answer.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    else if (LARGE.test(file!)) this.redirect(answer, `${repo}/${file}`, content);
    else {
      const hash = createHash('sha1').update(`blob ${content.length}\0`).update(content);
      answer.setHeader('etag', `"${hash.digest('hex')}"`);
      this.send(request, answer, content);
    }
  }

  private redirect(answer: ServerResponse, name: string, content: Uint8Array): void {
    answer.writeHead(302, {
      'x-linked-etag': `"${createHash('sha256').update(content).digest('hex')}"`,
      'x-linked-size': content.length,
      location: `${origin(this.store).replace('127.0.0.1', 'localhost')}/${name}?signature=secret`,
    });
    answer.end();
  }

  private answerStore(request: IncomingMessage, answer: ServerResponse): void {
    this.note('store', request);
    const failure = this.failures.shift();
    if (failure !== undefined) {
      answer.writeHead(failure).end();
      return;
    }
    const content = this.files.get(new URL(request.url!, 'http://store').pathname.slice(1))!;
    const send = () => this.send(request, answer, this.tamper?.(content) ?? content);
    if (this.held) this.held.then(send);
    else send();
  }

  private send(request: IncomingMessage, answer: ServerResponse, content: Uint8Array): void {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const ranged = from > 0 && !this.ignoreRanges;
    const body = ranged ? content.subarray(from) : content;
    if (ranged) answer.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    answer.setHeader('content-length', body.length);
    answer.writeHead(ranged ? 206 : 200);
    if (request.method === 'HEAD') {
      answer.end();
      return;
    }
    if (this.stalls > 0) {
      this.stalls--;
      answer.write(body.subarray(0, body.length / 2));
      return;
    }
    const cut = this.cuts.shift();
    if (cut === undefined) answer.end(body);
    else answer.write(body.subarray(0, cut), () => request.socket.end()); // FIN, so that all of it arrives
  }

  private note(server: Seen['server'], { method, url, headers }: IncomingMessage): void {
    const { authorization, range } = headers;
    this.seen.push({ server, method: method!, path: url!, authorization, range });
  }
}

const origin = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
