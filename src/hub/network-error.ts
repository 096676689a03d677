import type { MdfeError } from '../common/errors.ts';
import type { NetworkFailure } from '../net/failure.ts';
import { explainFailure, type Service } from '../net/service.ts';
import { addressText } from './errors.ts';
import type { HubAddress } from './names.ts';

const HUB: Service = {
  code: 'hub',
  name: 'the hub',
  possessive: "the hub's",
  addressVariable: 'HF_ENDPOINT',
  without: 'with a filled cache set HF_HUB_OFFLINE=1',
  goOn: 'run the same command again: the download continues where it stopped',
};

/** A request that got no answer, for a person. */
export function explainNetworkFailure(failure: NetworkFailure, address: HubAddress): MdfeError {
  return explainFailure(HUB, failure, addressText(address));
}
