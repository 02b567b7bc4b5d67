import { parse } from 'yaml';
import { pathsOf } from '../paths';
import type { Site } from '../site';
import { ROOT, TOPOLOGY_FILE } from '../test-topology';
import { loadTopology } from '../topology/load';
import { loadPolicies } from '../topology/policies';
import { channelConfig } from './channel-config';
import { setIn } from './set-in';

interface Group {
  readonly Organizations: readonly {
    readonly Name: string;
    readonly OrdererEndpoints?: unknown;
    readonly AnchorPeers?: unknown;
  }[];
  readonly Policies: Readonly<Record<string, { readonly Type: string; readonly Rule: string }>>;
}
interface Profile {
  readonly Application: Group;
  readonly Orderer: Group & {
    readonly OrdererType: string;
    readonly ConsenterMapping: readonly { readonly MSPID: string }[];
    readonly SmartBFT: Readonly<Record<string, unknown>>;
  };
}

describe('the channel’s configuration', () => {
  const topology = loadTopology(TOPOLOGY_FILE, 'consortium');
  const site: Site = {
    paths: pathsOf(ROOT),
    topology,
    policies: loadPolicies(`${ROOT}/policies/endorsement.yaml`, topology),
  };
  const { Profiles } = parse(channelConfig(site)) as { Profiles: { Registry: Profile } };
  const { Application, Orderer } = Profiles.Registry;

  it('has the regulator among the readers, not among the orderers', () => {
    expect(Application.Organizations.map(({ Name }) => Name)).toContain('RegulatorMSP');
    expect(Orderer.Organizations.map(({ Name }) => Name)).not.toContain('RegulatorMSP');
    expect(Orderer.ConsenterMapping.map(({ MSPID }) => MSPID)).toEqual([
      'Op1MSP',
      'Op2MSP',
      'Op3MSP',
      'Op4MSP',
    ]);
  });

  it('writes endorsement and lifecycle out by name', () => {
    for (const name of ['Endorsement', 'LifecycleEndorsement']) {
      expect(Application.Policies[name]?.Type).toBe('Signature');
      expect(Application.Policies[name]?.Rule).not.toContain('Regulator');
    }
    expect(Orderer.Policies['Admins']?.Rule).toContain('OutOf(3,');
  });

  it('orders by SmartBFT at the block interval of the topology', () => {
    expect(Orderer.OrdererType).toBe('BFT');
    expect(Orderer.SmartBFT['RequestBatchMaxInterval']).toBe(topology.ordering.blockInterval);
    expect(Orderer.SmartBFT['RequestPoolSize']).toBe(100_000);
  });

  it('gives endpoints to orderers only and anchors to peers only', () => {
    const regulator = Application.Organizations.find(({ Name }) => Name === 'RegulatorMSP');
    expect(regulator?.OrdererEndpoints).toBeUndefined();
    expect(regulator?.AnchorPeers).toBeDefined();
  });
});

describe('setting a value in Fabric’s sample', () => {
  it('sets it', () => {
    const config = { peer: { gossip: {} } };
    setIn(config, 'peer.gossip.pullInterval', '1s');
    expect(config).toEqual({ peer: { gossip: { pullInterval: '1s' } } });
  });

  it('refuses a section the sample does not have', () => {
    expect(() => {
      setIn({ peer: {} }, 'peer.gosip.pullInterval', '1s');
    }).toThrow('no peer.gosip.pullInterval');
  });
});
