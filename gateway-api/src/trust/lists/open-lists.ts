import { type TrustDeps } from '../deps';
import { type TrustKeys } from '../trust-keys';
import { DerivedLists } from './derived-lists';
import { fetchStatement } from './fetch-statement';
import { PeerStatements } from './peer-statements';
import { RegistryLists } from './registry-lists';
import { StatusLists } from './status-lists';

export interface ListServices {
  readonly registryLists: RegistryLists;
  /** Undefined where the gateway has no address of its own. */
  readonly statusLists: StatusLists | undefined;
}

/** Opens the services of the lists: all of them derive from the same state. */
export function openLists(deps: TrustDeps, keys: TrustKeys): ListServices {
  const { config, logger, stopping, snapshots } = deps;
  const derived = new DerivedLists(config.network);
  const peers = new PeerStatements({
    network: config.network,
    peers: config.operators ?? [],
    fetch: (peer) => fetchStatement(peer, stopping),
    logger,
    stopping,
  });
  peers.start();
  const { publicUrl } = config;
  return {
    registryLists: new RegistryLists({ deps, keys, snapshots, derived, peers }),
    statusLists:
      publicUrl === undefined ? undefined : new StatusLists({ deps, keys, snapshots, derived, publicUrl }),
  };
}
