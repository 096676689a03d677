import type { Dispatcher } from 'undici';
import { badAnswer, stalled } from './errors.ts';
import { IdleWatch } from './idle-watch.ts';
import { Inbox } from './inbox.ts';
import type { HubAddress } from './names.ts';
import { explainNetworkError } from './network-error.ts';
import type { HubSettings } from './settings.ts';

type Undici = typeof import('undici');

const MOST_REDIRECTS = 10;
const CONNECT_TIMEOUT_MS = 15_000;

export interface ConnectionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection counts as dead; 30 s unless given. */
  readonly idleTimeout?: number | undefined;
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

/** Requests to the hub and to where it redirects. Close it after use. */
export class Connection {
  readonly settings: HubSettings;
  private readonly signal: AbortSignal | undefined;
  private readonly idleTimeout: number;
  private readonly agent: Dispatcher;
  private readonly stream: Undici['stream'];

  private constructor(
    settings: HubSettings,
    options: ConnectionOptions,
    agent: Dispatcher,
    { stream }: Undici,
  ) {
    this.settings = settings;
    this.signal = options.signal;
    this.idleTimeout = options.idleTimeout ?? 30_000;
    this.agent = agent;
    this.stream = stream;
  }

  /** Loads the network library only now: most commands never need it. */
  static async open(settings: HubSettings, options: ConnectionOptions = {}): Promise<Connection> {
    const undici = await import('undici');
    const timeouts = { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 };
    const agent = usesProxy() ? new undici.EnvHttpProxyAgent(timeouts) : new undici.Agent(timeouts);
    return new Connection(settings, options, agent, undici);
  }

  /**
   * Sends a request and follows redirects by hand: the hub's own answers carry what we want to know, and the token
   * goes to the hub's origin and to no other.
   * @param enough stops at this answer although it redirects further
   */
  async request(
    address: HubAddress,
    method: 'GET' | 'HEAD',
    url: string,
    headers: Readonly<Record<string, string>>,
    enough: (answer: Answer) => boolean = () => false,
  ): Promise<Answer> {
    let target = new URL(url);
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await this.send(address, method, target, headers);
      const location = answer.header('location');
      if (answer.status < 300 || answer.status >= 400 || location === undefined || enough(answer))
        return answer;
      answer.close();
      target = this.resolve(address, location, target);
    }
    throw badAnswer(address, `more than ${MOST_REDIRECTS} redirects`, this.settings.endpoint);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(
    address: HubAddress,
    method: 'GET' | 'HEAD',
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const watch = new IdleWatch(this.idleTimeout, this.signal);
    const explain = (error: unknown) => {
      watch.stop();
      if (this.signal?.aborted) return this.signal.reason;
      if (watch.expired) return stalled(address, this.idleTimeout / 1000);
      return explainNetworkError(error, address, url.host);
    };
    const inbox = new Inbox();
    const head = await new Promise<Dispatcher.StreamFactoryData>((resolve, reject) => {
      const options = {
        method,
        headers: this.headers(url, headers),
        signal: watch.signal,
        dispatcher: this.agent,
      };
      this.stream(url, options, (answer) => {
        resolve(answer);
        return inbox;
      }).catch((error: unknown) => {
        inbox.fail(error);
        reject(explain(error));
      });
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of inbox) {
          watch.beat();
          yield chunk;
        }
      } catch (error) {
        throw explain(error);
      }
    }
    return {
      url,
      status: head.statusCode,
      header: (name) => [head.headers[name]].flat()[0],
      body,
      text: async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body()) chunks.push(chunk);
        return Buffer.concat(chunks).toString('utf8');
      },
      close: () => watch.end(),
    };
  }

  private headers(url: URL, headers: Readonly<Record<string, string>>): Record<string, string> {
    const { endpoint, token } = this.settings;
    const own = token !== undefined && url.origin === new URL(endpoint).origin;
    return { 'user-agent': 'mdfe', ...headers, ...(own ? { authorization: `Bearer ${token}` } : {}) };
  }

  private resolve(address: HubAddress, location: string, base: URL): URL {
    const target = URL.canParse(location, base.href) ? new URL(location, base.href) : undefined;
    if (!target || !/^https?:$/.test(target.protocol))
      throw badAnswer(address, 'a redirect that is no web address', this.settings.endpoint);
    return target;
  }
}

function usesProxy(): boolean {
  return ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'].some((name) => process.env[name]);
}
