import { readYaml } from '../decode';
import { ROOT, TOPOLOGY_FILE, topologyWith } from '../test-topology';
import { usedPorts } from './check';
import { loadTopology, parseTopology } from './load';
import { loadPolicies } from './policies';
import { endorsing, operators, withNode } from './queries';

const OP1 = {
  name: 'op1',
  msp_id: 'Op1MSP',
  role: 'operator',
  country: 'FI',
  nodes: ['ca', 'orderer', 'peer', 'chaincode'],
};
const parse = (parts: Record<string, unknown>, profile = 'solo'): unknown =>
  parseTopology(topologyWith(parts), profile, 'topology.yaml');
const organizations = (...items: object[]): Record<string, unknown> => ({
  organizations: items,
  profiles: { solo: items.map((item) => (item as { name: string }).name) },
});

describe('network/topology.yaml', () => {
  it('describes four operators and a regulator that endorses nothing', () => {
    const topology = loadTopology(TOPOLOGY_FILE, 'consortium');
    expect(operators(topology).map(({ name }) => name)).toEqual(['op1', 'op2', 'op3', 'op4']);
    expect(endorsing(topology).map(({ name }) => name)).toEqual(['op1', 'op2', 'op3', 'op4']);
    expect(withNode(topology, 'peer').map(({ name }) => name)).toContain('regulator');
    expect(withNode(topology, 'orderer')).toHaveLength(4);
  });

  it('uses the same ports for an organization in every profile', () => {
    const solo = loadTopology(TOPOLOGY_FILE, 'solo');
    const full = loadTopology(TOPOLOGY_FILE, 'consortium');
    expect(solo.organizations[0]?.ports).toEqual(full.organizations[0]?.ports);
    expect(usedPorts(full)).toEqual([...new Set(usedPorts(full))]);
  });

  it('writes the regulator into no policy', () => {
    const policies = loadPolicies(
      `${ROOT}/policies/endorsement.yaml`,
      loadTopology(TOPOLOGY_FILE, 'consortium'),
    );
    const peers = "OutOf(3, 'Op1MSP.peer', 'Op2MSP.peer', 'Op3MSP.peer', 'Op4MSP.peer')";
    expect(policies).toEqual({
      transactionEndorsement: peers,
      chaincodeLifecycle: peers,
      channelAdministration: peers.replaceAll('.peer', '.admin'),
    });
  });
});

describe('a wrong topology', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown section', { chanel: 'x' }, 'chanel'],
    ['another version', { version: 2 }, 'version'],
    ['two organizations of one name', organizations(OP1, { ...OP1, msp_id: 'Op2MSP' }), 'named twice'],
    [
      'two organizations of one MSP id',
      organizations(OP1, { ...OP1, name: 'op2' }),
      'MSP id Op1MSP is used twice',
    ],
    ['an MSP id that could break a policy', organizations({ ...OP1, msp_id: "Op1'MSP" }), 'msp_id'],
    [
      'an unknown kind of node',
      organizations({ ...OP1, nodes: ['ca', 'miner'] }),
      'one of ca, orderer, peer, chaincode',
    ],
    [
      'no certificate authority',
      organizations({ ...OP1, nodes: ['orderer', 'peer'] }),
      'no certificate authority',
    ],
    [
      'chaincode without a peer',
      organizations({ ...OP1, nodes: ['ca', 'orderer', 'chaincode'] }),
      'without a peer',
    ],
    ['no orderer', organizations({ ...OP1, nodes: ['ca', 'peer'] }), 'No organization has an orderer'],
    [
      'an endorsing regulator',
      organizations(OP1, {
        ...OP1,
        name: 'reg',
        msp_id: 'RegMSP',
        role: 'regulator',
        nodes: ['ca', 'peer', 'chaincode'],
      }),
      'must not endorse',
    ],
    [
      'an ordering regulator',
      organizations(OP1, {
        ...OP1,
        name: 'reg',
        msp_id: 'RegMSP',
        role: 'regulator',
        nodes: ['ca', 'orderer'],
      }),
      'must not order',
    ],
    ['a profile with a stranger', { profiles: { solo: ['op9'] } }, 'op9, which is no organization'],
    [
      'a service before what it needs',
      { services: [{ name: 'a', kind: 'postgres', port: 10_802, database: 'x', needs: ['b'] }] },
      'needs b',
    ],
    [
      'a service on a taken port',
      { services: [{ name: 'a', kind: 'postgres', port: 10_120, database: 'x' }] },
      'Port 10120 is used twice',
    ],
  ])('is refused: %s', (_what, parts, sentence) => {
    expect(() => parse(parts)).toThrow(sentence);
  });

  it('names the profiles there are', () => {
    expect(() => parse({}, 'duo')).toThrow('There is no profile "duo".');
  });

  it('names the place of a wrong timer', () => {
    const document = readYaml(TOPOLOGY_FILE);
    const peers = { ...(document['peers'] as object), time_window: 'soon' };
    expect(() => parse({ peers })).toThrow('topology.yaml:peers/time_window');
  });
});
