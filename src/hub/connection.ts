import { badAnswer, stalled } from './errors.ts';
import type { HubAddress } from './names.ts';
import { explainNetworkError } from './network-error.ts';
import type { HubSettings } from './settings.ts';

const MOST_REDIRECTS = 10;

/** The part of fetch that is used; handed in by tests. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'HEAD';
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export interface ConnectionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection counts as dead. */
  readonly idleTimeout?: number | undefined;
  readonly fetch?: Fetch | undefined;
}

/** Requests to the hub and to where it redirects. */
export class Connection {
  readonly settings: HubSettings;
  readonly signal: AbortSignal | undefined;
  readonly idleTimeout: number;
  private readonly fetch: Fetch;

  private constructor(settings: HubSettings, options: ConnectionOptions, fetch: Fetch) {
    this.settings = settings;
    this.signal = options.signal;
    this.idleTimeout = options.idleTimeout ?? 30_000;
    this.fetch = fetch;
  }

  static async open(settings: HubSettings, options: ConnectionOptions = {}): Promise<Connection> {
    return new Connection(settings, options, options.fetch ?? (await defaultFetch()));
  }

  /**
   * Sends a request and follows redirects by hand, because fetch's own following would hide the hub's headers. The
   * token goes to the hub's own origin and never to another.
   * @param enough stops at this answer although it redirects further
   */
  async request(
    address: HubAddress,
    method: 'GET' | 'HEAD',
    url: string,
    headers: Readonly<Record<string, string>>,
    enough: (answer: Response) => boolean = () => false,
  ): Promise<Answer> {
    let target = new URL(url);
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const watch = new IdleWatch(this.idleTimeout, this.signal);
      const answer = await this.send(address, method, target, headers, watch);
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status >= 400 || !location || enough(answer))
        return { response: answer, watch };
      watch.stop();
      await answer.body?.cancel();
      target = this.resolve(address, location, target);
    }
    throw badAnswer(address, `more than ${MOST_REDIRECTS} redirects`, this.settings.endpoint);
  }

  /** What an interrupted body or request means. */
  explain(error: unknown, address: HubAddress, watch: IdleWatch, host: string): unknown {
    if (this.signal?.aborted) return this.signal.reason;
    if (watch.expired) return stalled(address, this.idleTimeout / 1000);
    return explainNetworkError(error, address, host);
  }

  private async send(
    address: HubAddress,
    method: 'GET' | 'HEAD',
    url: URL,
    headers: Readonly<Record<string, string>>,
    watch: IdleWatch,
  ): Promise<Response> {
    const { endpoint, token } = this.settings;
    const own = token !== undefined && url.origin === new URL(endpoint).origin;
    try {
      return await this.fetch(url.href, {
        method,
        headers: {
          'user-agent': 'mdfe',
          'accept-encoding': 'identity', // lengths and ranges must be those of the file
          ...headers,
          ...(own ? { authorization: `Bearer ${token}` } : {}),
        },
        redirect: 'manual',
        signal: watch.signal,
      });
    } catch (error) {
      watch.stop();
      throw this.explain(error, address, watch, url.host);
    }
  }

  private resolve(address: HubAddress, location: string, base: URL): URL {
    const target = URL.canParse(location, base.href) ? new URL(location, base.href) : undefined;
    if (!target || !/^https?:$/.test(target.protocol))
      throw badAnswer(address, 'a redirect that is no web address', this.settings.endpoint);
    return target;
  }
}

/** A response whose body must still be read (or cancelled), and the watch over it (to be stopped). */
export interface Answer {
  readonly response: Response;
  readonly watch: IdleWatch;
}

/** Aborts a request when nothing arrives for too long, or when the caller wants to stop. */
export class IdleWatch {
  readonly signal: AbortSignal;
  private readonly own = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.signal = outer ? AbortSignal.any([outer, this.own.signal]) : this.own.signal;
    this.timer = setTimeout(() => this.own.abort(), milliseconds);
  }

  get expired(): boolean {
    return this.own.signal.aborted;
  }

  /** Something arrived. */
  beat(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Node's own fetch knows no proxies before Node 24: undici's agent does. */
async function defaultFetch(): Promise<Fetch> {
  const { env } = process;
  const names = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];
  if (!names.some((name) => env[name])) return fetch;
  const undici = await import('undici');
  const dispatcher = new undici.EnvHttpProxyAgent();
  return async (url, init) => (await undici.fetch(url, { ...init, dispatcher })) as unknown as Response;
}
