import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { MdfeError } from '../common/errors.ts';
import { causeChain, classifyFailure, type NetworkFailure } from './failure.ts';
import { IdleWatch } from './idle-watch.ts';
import { Inbox } from './inbox.ts';
import { systemAgent } from './proxy.ts';

type Undici = typeof import('./undici.ts');

const CONNECT_TIMEOUT_MS = 15_000;

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte, in or out, after which a connection counts as dead; 30 s unless given. */
  readonly idleTimeout?: number | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream of bytes needs a content-length header. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** An answer's head; its body must be read or the answer closed. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  /** The first value of a header. */
  readonly header: (name: string) => string | undefined;
  /** The body piece by piece; failures are explained. */
  readonly body: () => AsyncGenerator<Uint8Array>;
  readonly text: () => Promise<string>;
  /** Ends the request, if it has not ended. */
  readonly close: () => void;
}

/** Requests through the system's proxy, never redirected, given up when nothing moves. Close it after use. */
export class HttpClient {
  private readonly signal: AbortSignal | undefined;
  private readonly idleTimeout: number;
  private readonly agent: Dispatcher;
  private readonly stream: Undici['stream'];

  private constructor(options: HttpOptions, agent: Dispatcher, { stream }: Undici) {
    this.signal = options.signal;
    this.idleTimeout = options.idleTimeout ?? 30_000;
    this.agent = agent;
    this.stream = stream;
  }

  /** Loads the network library only now: most commands never need it. */
  static async open(options: HttpOptions = {}): Promise<HttpClient> {
    const undici = await import('./undici.ts');
    const timeouts = { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 };
    return new HttpClient(options, systemAgent(undici, timeouts), undici);
  }

  /** @param explain puts a failure into the words of the service that was asked */
  async send(
    { method, url, headers, body }: HttpRequest,
    explain: (failure: NetworkFailure) => Error,
  ): Promise<Answer> {
    this.signal?.throwIfAborted();
    const watch = new IdleWatch(this.idleTimeout, this.signal);
    const explained = (error: unknown) => {
      watch.stop();
      if (this.signal?.aborted) return this.signal.reason;
      // Of whoever makes the body: not the network's.
      const own = causeChain(error).find((e) => e instanceof MdfeError);
      if (own) return own;
      if (watch.expired)
        return explain({ kind: 'timeout', got: `nothing for ${this.idleTimeout / 1000} s`, cause: error });
      return explain(classifyFailure(error, url.host));
    };
    const inbox = new Inbox();
    const head = await new Promise<Dispatcher.StreamFactoryData>((resolve, reject) => {
      const options = {
        method,
        headers: { 'user-agent': 'mdfe', ...headers },
        body: isStream(body) ? Readable.from(beating(body, watch), { objectMode: false }) : (body ?? null),
        signal: watch.signal,
        dispatcher: this.agent,
      };
      this.stream(url, options, (answer) => {
        resolve(answer);
        return inbox;
      }).catch((error: unknown) => {
        inbox.fail(error);
        reject(explained(error));
      });
    });
    async function* received(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of inbox) {
          watch.beat();
          yield chunk;
        }
      } catch (error) {
        throw explained(error);
      }
    }
    return {
      url,
      status: head.statusCode,
      header: (name) => [head.headers[name]].flat()[0],
      body: received,
      text: async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of received()) chunks.push(chunk);
        watch.stop();
        return Buffer.concat(chunks).toString('utf8');
      },
      close: () => watch.end(),
    };
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function isStream(body: HttpRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

async function* beating(body: AsyncIterable<Uint8Array>, watch: IdleWatch): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    watch.beat();
    yield chunk;
  }
}
