import { MdfeError } from '../common/errors.ts';
import { type FailureKind, type NetworkFailure, REMEDIES } from './failure.ts';

/** A service that is asked over the network, in words for messages. */
export interface Service {
  /** First part of its error codes. */
  readonly code: string;
  /** `Google Drive` */
  readonly name: string;
  /** `Google's` */
  readonly possessive: string;
  /** Variable that names another address of it. */
  readonly addressVariable?: string;
  /** What else helps where it cannot be reached. */
  readonly without?: string;
  /** What to do after a connection that broke. */
  readonly goOn: string;
}

type Words = (service: Service) => { readonly what: string; readonly todo: string };

const PROXY = 'behind a proxy set HTTPS_PROXY';

const WORDS: { readonly [K in FailureKind]: Words } = {
  'no-network': ({ name, without }) => ({
    what: `${name} cannot be reached`,
    todo: ['check the network', PROXY, ...(without === undefined ? [] : [without])].join('; '),
  }),
  dns: ({ possessive, addressVariable }) => ({
    what: `${possessive} name cannot be resolved`,
    todo: [
      'check the network and the name server',
      ...(addressVariable ? [`check ${addressVariable}`] : []),
      PROXY,
    ].join('; '),
  }),
  interrupted: ({ goOn }) => ({ what: 'the connection broke', todo: goOn }),
  timeout: ({ goOn }) => ({ what: 'nothing moved any more', todo: `check the network and ${goOn}` }),
  certificate: ({ possessive }) => ({
    what: `${possessive} certificate is not trusted`,
    todo: REMEDIES.certificate,
  }),
  proxy: () => ({ what: 'the request did not get through the proxy', todo: REMEDIES.proxy }),
};

/** A request that got no answer, for a person. @param where what the request was about */
export function explainFailure(
  service: Service,
  { kind, got, cause }: NetworkFailure,
  where: string,
): MdfeError {
  return new MdfeError({ code: `${service.code}/${kind}`, ...WORDS[kind](service), where, got, cause });
}
