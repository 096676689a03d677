import { type Answer, HttpClient, type HttpOptions } from '../net/http.ts';
import { badAnswer } from './errors.ts';
import type { HubAddress } from './names.ts';
import { explainNetworkFailure } from './network-error.ts';
import type { HubSettings } from './settings.ts';

const MOST_REDIRECTS = 10;

/** Requests to the hub and to where it redirects. Close it after use. */
export class Connection {
  readonly settings: HubSettings;
  private readonly http: HttpClient;

  private constructor(settings: HubSettings, http: HttpClient) {
    this.settings = settings;
    this.http = http;
  }

  static async open(settings: HubSettings, options: HttpOptions = {}): Promise<Connection> {
    return new Connection(settings, await HttpClient.open(options));
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
      const answer = await this.http.send(
        { method, url: target, headers: this.headers(target, headers) },
        (failure) => explainNetworkFailure(failure, address),
      );
      const location = answer.header('location');
      if (answer.status < 300 || answer.status >= 400 || location === undefined || enough(answer))
        return answer;
      answer.close();
      target = this.resolve(address, location, target);
    }
    throw badAnswer(address, `more than ${MOST_REDIRECTS} redirects`, this.settings.endpoint);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private headers(url: URL, headers: Readonly<Record<string, string>>): Record<string, string> {
    const { endpoint, token } = this.settings;
    const own = token !== undefined && url.origin === new URL(endpoint).origin;
    return { ...headers, ...(own ? { authorization: `Bearer ${token}` } : {}) };
  }

  private resolve(address: HubAddress, location: string, base: URL): URL {
    const target = URL.canParse(location, base.href) ? new URL(location, base.href) : undefined;
    if (!target || !/^https?:$/.test(target.protocol))
      throw badAnswer(address, 'a redirect that is no web address', this.settings.endpoint);
    return target;
  }
}
