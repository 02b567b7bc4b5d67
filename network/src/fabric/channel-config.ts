import { stringify } from 'yaml';
import { identityPaths, mspFolder } from '../paths';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { withNode } from '../topology/queries';
import { ordererAddress } from './orderer-config';

export const CHANNEL_PROFILE = 'Registry';

interface Policy {
  readonly Type: 'Signature' | 'ImplicitMeta';
  readonly Rule: string;
}
const signature = (rule: string): Policy => ({ Type: 'Signature', Rule: rule });
const any = (policy: string): Policy => ({ Type: 'ImplicitMeta', Rule: `ANY ${policy}` });

/** configtx.yaml of the channel's genesis block. */
export function channelConfig(site: Site): string {
  const admins = signature(site.policies.channelAdministration);
  const common = { Readers: any('Readers'), Writers: any('Writers'), Admins: admins };
  const profile = {
    Policies: common,
    Capabilities: { V3_0: true },
    Orderer: ordererSection(site, common),
    Application: {
      Organizations: withNode(site.topology, 'peer').map((organization) =>
        organizationSection(site, organization),
      ),
      Policies: {
        ...common,
        LifecycleEndorsement: signature(site.policies.chaincodeLifecycle),
        Endorsement: signature(site.policies.transactionEndorsement),
      },
      Capabilities: { V2_5: true },
    },
  };
  return stringify({ Profiles: { [CHANNEL_PROFILE]: profile } }, { aliasDuplicateObjects: false });
}

function organizationSection(site: Site, organization: Organization): object {
  const { mspId, nodes, ports } = organization;
  const members = (...roles: string[]): Policy =>
    signature(`OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})`);
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: mspFolder(site.paths, organization),
    Policies: {
      Readers: members('admin', 'peer', 'orderer', 'client'),
      Writers: members('admin', 'orderer', 'client'),
      Admins: members('admin'),
      Endorsement: members('peer'),
    },
    ...(nodes.includes('orderer') ? { OrdererEndpoints: [ordererAddress(site, organization)] } : {}),
    ...(nodes.includes('peer') ? { AnchorPeers: [{ Host: site.topology.host, Port: ports.peer }] } : {}),
  };
}

function ordererSection(site: Site, common: Readonly<Record<string, Policy>>): object {
  const { ordering, host } = site.topology;
  const members = withNode(site.topology, 'orderer');
  return {
    OrdererType: 'BFT',
    // Ignored by SmartBFT, which cuts blocks by RequestBatchMaxInterval; kept equal so that no reader is misled.
    BatchTimeout: ordering.blockInterval,
    BatchSize: {
      MaxMessageCount: ordering.maxMessages,
      AbsoluteMaxBytes: ordering.absoluteMaxBytes,
      PreferredMaxBytes: ordering.preferredMaxBytes,
    },
    SmartBFT: smartBftSection(site),
    ConsenterMapping: members.map((organization, index) => {
      const identity = identityPaths(site.paths, organization, 'orderer');
      return {
        ID: index + 1,
        Host: host,
        Port: organization.ports.orderer,
        MSPID: organization.mspId,
        Identity: identity.certificate,
        ClientTLSCert: identity.tlsCertificate,
        ServerTLSCert: identity.tlsCertificate,
      };
    }),
    Organizations: members.map((organization) => organizationSection(site, organization)),
    // configtxgen writes the quorum rule of the consenters in place of this one.
    Policies: { ...common, BlockValidation: any('Writers') },
    Capabilities: { V2_0: true },
  };
}

function smartBftSection(site: Site): object {
  const { blockInterval, smartBft } = site.topology.ordering;
  return {
    RequestBatchMaxInterval: blockInterval,
    RequestForwardTimeout: smartBft.requestForwardTimeout,
    RequestComplainTimeout: smartBft.requestComplainTimeout,
    RequestAutoRemoveTimeout: smartBft.requestAutoRemoveTimeout,
    ViewChangeResendInterval: smartBft.viewChangeResendInterval,
    ViewChangeTimeout: smartBft.viewChangeTimeout,
    LeaderHeartbeatTimeout: smartBft.leaderHeartbeatTimeout,
    LeaderHeartbeatCount: smartBft.leaderHeartbeatCount,
    CollectTimeout: smartBft.collectTimeout,
    IncomingMessageBufferSize: smartBft.incomingMessageBufferSize,
    RequestPoolSize: smartBft.requestPoolSize,
  };
}
