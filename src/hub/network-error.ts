import { MdfeError } from '../common/errors.ts';
import { type FailureKind, type NetworkFailure, REMEDIES } from '../net/failure.ts';
import { addressText } from './errors.ts';
import type { HubAddress } from './names.ts';

const GO_ON = 'run the same command again: the download continues where it stopped';

const WORDS: { readonly [K in FailureKind]: { readonly what: string; readonly todo: string } } = {
  'no-network': {
    what: 'the hub cannot be reached',
    todo: 'check the network; behind a proxy set HTTPS_PROXY; with a filled cache set HF_HUB_OFFLINE=1',
  },
  dns: {
    what: "the hub's name cannot be resolved",
    todo: 'check the network, the name server and HF_ENDPOINT; behind a proxy set HTTPS_PROXY',
  },
  interrupted: { what: 'the connection broke', todo: GO_ON },
  timeout: { what: 'nothing arrived any more', todo: `check the network and ${GO_ON}` },
  certificate: { what: "the hub's certificate is not trusted", todo: REMEDIES.certificate },
  proxy: { what: 'the proxy did not let the request through', todo: REMEDIES.proxy },
};

/** A request that got no answer, for a person. */
export function explainNetworkFailure({ kind, got, cause }: NetworkFailure, address: HubAddress): MdfeError {
  return new MdfeError({ code: `hub/${kind}`, ...WORDS[kind], where: addressText(address), got, cause });
}
