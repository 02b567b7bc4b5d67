import { readFileSync } from 'node:fs';
import { type Network } from '@hyperledger/fabric-gateway';
import { type CertificateInUse } from '@maker-registry/fabric-proofs';
import { type CertificateRevocation } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type Authority } from '../auth/certificate-authorities';
import { type AssertNotRevoked } from '../auth/revoked-certificates';
import { type GatewayConfig } from '../config/config';
import { type SigningIdentity } from '../fabric/signing-identity';
import { type MirrorReads } from '../reads/mirror-reads';
import { type TrustSource } from '../trust';
import { ChannelConfigurations } from './channel-configurations';
import { FabricCa, type FabricCaConfig } from './fabric-ca';
import { FabricCaRequests } from './fabric-ca-requests';
import { issuedCrls } from './issued-crls';
import { OrderingService } from './ordering-service';
import { PeerConfigurations } from './peer-configurations';
import { ReachStatus } from './reach-status';
import { RevocationUpdates } from './revocation-updates';

/** How revocations get from the ledger into Fabric itself: the channel's configuration and the Fabric CA. */
export interface Reach {
  readonly configurations: ChannelConfigurations;
  readonly updates: RevocationUpdates;
  readonly peers: PeerConfigurations;
  readonly fabricCaRequests: FabricCaRequests;
  readonly status: ReachStatus;
}

export interface ReachParts {
  readonly config: GatewayConfig;
  readonly network: Network;
  readonly identity: SigningIdentity;
  readonly pool: Pool;
  readonly reads: MirrorReads;
  readonly authorities: readonly Authority[];
  readonly assertNotRevoked: AssertNotRevoked;
  readonly stopping: AbortSignal;
}

export function openReach(trust: TrustSource, parts: ReachParts): Reach {
  const { config, network, identity, pool, reads, authorities, assertNotRevoked, stopping } = parts;
  const mspId = config.organization.msp_id;
  const configurations = new ChannelConfigurations(network);
  const peers = new PeerConfigurations(config.network, identity);
  const inUse = (): readonly CertificateInUse[] => certificatesInUse(config);
  const ca = fabricCaConfig(config);
  return {
    configurations,
    updates: new RevocationUpdates({
      mspId,
      configurations,
      ordering: new OrderingService(network.getName(), identity),
      inUse,
      stopping,
    }),
    peers,
    status: new ReachStatus({
      pool,
      mspId,
      authorities,
      configurations,
      peers,
      inUse,
      issuedCrls: () => issuedCrls(trust),
    }),
    fabricCaRequests: new FabricCaRequests({
      pool,
      fabricCa: ca === undefined ? undefined : new FabricCa(ca),
      mspId,
      authorities,
      assertNotRevoked,
      revocation: async ({ aki, serial }) => {
        const found = await reads.document('certificate_revocations', { msp_id: mspId, aki, serial });
        return found?.doc as CertificateRevocation | undefined;
      },
    }),
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
