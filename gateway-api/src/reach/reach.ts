import { readFileSync } from 'node:fs';
import { type Network } from '@hyperledger/fabric-gateway';
import { type CertificateInUse } from '@maker-registry/fabric-proofs';
import { type Pool } from 'pg';
import { type GatewayConfig } from '../config/config';
import { type SigningIdentity } from '../fabric/signing-identity';
import { ChannelConfigurations } from './channel-configurations';
import { FabricCa, type FabricCaConfig } from './fabric-ca';
import { OrderingService } from './ordering-service';
import { PeerConfigurations } from './peer-configurations';
import { RevocationUpdates } from './revocation-updates';

/** How revocations get from the ledger into Fabric itself: the channel's configuration and the Fabric CA. */
export interface Reach {
  readonly configurations: ChannelConfigurations;
  readonly updates: RevocationUpdates;
  readonly peers: PeerConfigurations;
  /** undefined where the network's description names no Fabric CA of this organization. */
  readonly fabricCa: FabricCa | undefined;
}

export interface ReachParts {
  readonly config: GatewayConfig;
  readonly network: Network;
  readonly identity: SigningIdentity;
  readonly pool: Pool;
  readonly stopping: AbortSignal;
}

export function openReach({ config, network, identity, stopping }: ReachParts): Reach {
  const configurations = new ChannelConfigurations(network);
  const ca = fabricCaConfig(config);
  return {
    configurations,
    updates: new RevocationUpdates({
      mspId: config.organization.msp_id,
      configurations,
      ordering: new OrderingService(network.getName(), identity),
      inUse: () => certificatesInUse(config),
      stopping,
    }),
    peers: new PeerConfigurations(config.network, identity),
    fabricCa: ca === undefined ? undefined : new FabricCa(ca),
  };
}

/** The certificates of the organization's nodes and people as their files have them now: they are renewed. */
function certificatesInUse({ organization, network }: GatewayConfig): CertificateInUse[] {
  return Object.entries(organization.identities).flatMap(([name, { cert }]) =>
    cert === undefined ? [] : [{ name, certificate: readFileSync(network.path(cert), 'utf8') }],
  );
}

function fabricCaConfig({ organization, network }: GatewayConfig): FabricCaConfig | undefined {
  const { ca } = organization;
  if (ca === undefined) return undefined;
  const { url, caname, tls_caname: tlsName, tls_cert: tlsCert } = ca;
  return { url, names: { ca: caname, tlsca: tlsName }, tlsCaFile: network.path(tlsCert) };
}
