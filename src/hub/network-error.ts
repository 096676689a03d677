import { MdfeError } from '../common/errors.ts';
import { addressText } from './errors.ts';
import type { HubAddress } from './names.ts';

interface Explanation {
  readonly code: string;
  readonly what: string;
  readonly todo: string;
}

const NO_NETWORK: Explanation = {
  code: 'hub/no-network',
  what: 'the hub cannot be reached',
  todo: 'check the network; behind a proxy set HTTPS_PROXY; with a filled cache set HF_HUB_OFFLINE=1',
};
const NO_NAME: Explanation = {
  code: 'hub/dns',
  what: "the hub's name cannot be resolved",
  todo: 'check the network, the name server and HF_ENDPOINT; behind a proxy set HTTPS_PROXY',
};
const CUT: Explanation = {
  code: 'hub/interrupted',
  what: 'the connection broke',
  todo: 'run the same command again: the download continues where it stopped',
};
const TLS: Explanation = {
  code: 'hub/certificate',
  what: "the hub's certificate is not trusted",
  todo: 'a proxy that reads encrypted traffic needs its certificate named: NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem; also check the clock',
};

/** System and undici codes; anything else counts as a broken connection. */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: NO_NETWORK,
  ENETUNREACH: NO_NETWORK,
  EHOSTUNREACH: NO_NETWORK,
  ENETDOWN: NO_NETWORK,
  ETIMEDOUT: NO_NETWORK,
  UND_ERR_CONNECT_TIMEOUT: NO_NETWORK,
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  EAI_FAIL: NO_NAME,
  CERT_HAS_EXPIRED: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: TLS,
};

/** What fetch threw, for a person. */
export function explainNetworkError(error: unknown, address: HubAddress, host: string): MdfeError {
  const codes = causeChain(error).map((e) => (e as NodeJS.ErrnoException).code);
  const code = codes.find((c) => c !== undefined && c in BY_CODE) ?? codes.find((c) => c !== undefined);
  const last = causeChain(error).at(-1);
  const proxy = /proxy/i.test(
    causeChain(error)
      .map((e) => e.message)
      .join(' '),
  );
  const explanation = proxy ? proxyFailed() : (BY_CODE[code ?? ''] ?? CUT);
  return new MdfeError({
    ...explanation,
    where: addressText(address),
    got: `${host}: ${code ?? ''} ${last?.message ?? String(error)}`.trim(),
    cause: error,
  });
}

function proxyFailed(): Explanation {
  return {
    code: 'hub/proxy',
    what: 'the proxy did not let the request through',
    todo: 'check HTTPS_PROXY, HTTP_PROXY (user and password too) and NO_PROXY',
  };
}

function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let e = error; e instanceof Error && chain.length < 10; e = e.cause) {
    chain.push(e);
    if (e instanceof AggregateError) chain.push(...e.errors.filter((x) => x instanceof Error));
  }
  return chain;
}
