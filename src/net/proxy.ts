import type { Dispatcher } from 'undici';
import { firstLine, usageError } from '../common/errors.ts';
import { withoutPassword } from './without-password.ts';

type Undici = typeof import('./undici.ts');

/** In undici's order: the first that is set counts, for addresses of either kind. */
const VARIABLES = [
  ['http_proxy', 'HTTP_PROXY'],
  ['https_proxy', 'HTTPS_PROXY'],
] as const;

/** An agent that goes through the proxies of the environment, or straight where it names none. */
export function systemAgent(undici: Undici, timeouts: object): Dispatcher {
  if (!namesProxy()) return new undici.Agent(timeouts);
  return new undici.EnvHttpProxyAgent({ ...timeouts, clientFactory: (url, o) => toProxy(undici, url, o) });
}

/**
 * Connections to a proxy, whose failures say so. undici itself would try for ever again to reach one that closes the
 * connection: it takes that for a passing failure by its code, which stays inside ours.
 */
function toProxy({ Pool }: Undici, url: URL, options: object): Dispatcher {
  const pool = new Pool(url.origin, options);
  const connect = pool.connect.bind(pool);
  return Object.assign(pool, {
    connect: async (request: Dispatcher.ConnectOptions) => {
      try {
        return await connect(request);
      } catch (cause) {
        throw new Error(`proxy ${url.host}: ${firstLine(cause)}`, { cause });
      }
    },
  });
}

function namesProxy(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  let found = false;
  for (const names of VARIABLES) {
    const name = names.find((n) => env[n] !== undefined);
    const value = name && env[name];
    if (!value) continue;
    found = true;
    if (URL.canParse(value) && /^(https?|socks5?):$/.test(new URL(value).protocol)) continue;
    throw usageError({
      code: 'net/bad-proxy',
      what: 'this is no address of a proxy',
      where: name,
      expected: 'http://host:port or http://user:password@host:port',
      got: withoutPassword(value),
      todo: `correct ${name}, or unset it where there is no proxy`,
    });
  }
  return found;
}
