import { type JwkSet, type Signer } from '@maker-registry/protocol';
import { type CrlService, openCrlService } from '../crl';
import { exclusively } from '../database/exclusively';
import { openOcsp, type OcspResponder } from '../ocsp';
import { Challenges } from './challenges';
import { ContentKeys } from './content-keys';
import { type TrustDeps } from './deps';
import { Devices } from './devices';
import { KeyBroker } from './key-broker';
import { KeyRelease } from './key-release';
import { ReleaseSessions } from './release-sessions';
import { openLists } from './lists/open-lists';
import { type RegistryLists } from './lists/registry-lists';
import { type StatusLists } from './lists/status-lists';
import { RevocationLists } from './revocation-list';
import { SignedRequests } from './signed-request';
import { Tokens } from './tokens';
import { hsmSigner, openTrustKeys, publicJwks } from './trust-keys';

/** The trust services of one operator. */
export interface TrustServices {
  readonly jwks: JwkSet;
  /** Signs the reports to regulators, and nothing else. */
  readonly reportSigner: Signer;
  readonly lists: RevocationLists;
  readonly registryLists: RegistryLists;
  /** Undefined where the gateway has no address of its own. */
  readonly statusLists: StatusLists | undefined;
  readonly crls: CrlService;
  readonly ocsp: OcspResponder;
  readonly devices: Devices;
  readonly challenges: Challenges;
  readonly tokens: Tokens;
  readonly contentKeys: ContentKeys;
  readonly keyRelease: KeyRelease;
  readonly keyBroker: KeyBroker;
}

/** Advisory lock under which one gateway at a time makes keys. Any fixed number; ASCII of "keys". */
const KEYS_LOCK = '1801812339';

/** Opens the trust services; makes the operator's keys in the HSM at the first start. Throws HsmError. */
export async function openTrustServices(deps: TrustDeps): Promise<TrustServices> {
  // Two gateways that start at once would each find a key missing and make it, and a token takes two keys of one label.
  const keys = await exclusively(deps.pool, KEYS_LOCK, () => openTrustKeys(deps.hsm));
  const requests = new SignedRequests(deps.pool, deps.reads);
  const challenges = new Challenges(deps.pool);
  const devices = new Devices(deps.pool, deps.config.deviceTrust, deps.config.attestation);
  const contentKeys = new ContentKeys(deps, keys, requests);
  const keyRelease = new KeyRelease({ deps, keys, requests, challenges, devices, contentKeys });
  const sessions = new ReleaseSessions(deps.pool, deps.config.mspId);
  if (deps.config.deviceTrust.mode === 'development') {
    deps.logger.warn('DEVICE_TRUST is "development": any endorsement key enrols, simulated TPMs included');
  }
  const listServices = openLists(deps, keys);
  return {
    jwks: publicJwks(keys),
    reportSigner: hsmSigner(deps.hsm, keys.report),
    lists: new RevocationLists(deps, keys),
    ...listServices,
    crls: openCrlService(deps),
    ocsp: openOcsp({ ...deps, key: keys.ocsp }),
    devices,
    challenges,
    tokens: new Tokens(deps, keys, requests, devices, listServices.statusLists),
    contentKeys,
    keyRelease,
    keyBroker: new KeyBroker({ deps, keys, challenges, sessions, keyRelease }),
  };
}
