/** Ways in which a request can get no answer. */
export type FailureKind = 'no-network' | 'dns' | 'interrupted' | 'timeout' | 'certificate' | 'proxy';

export interface NetworkFailure {
  readonly kind: FailureKind;
  /** Host, code and message of the system. */
  readonly got: string;
  readonly cause: unknown;
}

/** What helps against failures that are the same for every service. */
export const REMEDIES = {
  certificate:
    'a proxy that reads encrypted traffic needs its certificate named: NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem; also check the clock',
  proxy: 'check HTTPS_PROXY, HTTP_PROXY (user and password too) and NO_PROXY',
} as const;

/** System and undici codes; anything else counts as a broken connection. */
const BY_CODE: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'no-network',
  ENETUNREACH: 'no-network',
  EHOSTUNREACH: 'no-network',
  ENETDOWN: 'no-network',
  ETIMEDOUT: 'no-network',
  UND_ERR_CONNECT_TIMEOUT: 'no-network',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  CERT_HAS_EXPIRED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

/** Sorts what a request threw. */
export function classifyFailure(error: unknown, host: string): NetworkFailure {
  const chain = causeChain(error);
  const codes = chain.map((e) => (e as NodeJS.ErrnoException).code);
  const code = codes.find((c) => c !== undefined && c in BY_CODE) ?? codes.find((c) => c !== undefined);
  const proxy = chain.find((e) => /proxy/i.test(e.message));
  return {
    kind: proxy ? 'proxy' : (BY_CODE[code ?? ''] ?? 'interrupted'),
    got: `${host}: ${proxy?.message ?? `${code ?? ''} ${chain.at(-1)?.message ?? String(error)}`.trim()}`,
    cause: error,
  };
}

/** Errors inside errors, the outermost first. */
export function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let e = error; e instanceof Error && chain.length < 10; e = e.cause) {
    chain.push(e);
    if (e instanceof AggregateError) chain.push(...e.errors.filter((x) => x instanceof Error));
  }
  return chain;
}
