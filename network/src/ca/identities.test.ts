import { pathsOf } from '../paths';
import { ROOT, TOPOLOGY_FILE } from '../test-topology';
import { loadTopology } from '../topology/load';
import { merge } from './ca-config';
import { identitiesOf, peopleOf } from './identities';

describe('who is enrolled', () => {
  const paths = pathsOf(ROOT);
  const topology = loadTopology(TOPOLOGY_FILE, 'consortium');
  const [op1] = topology.organizations;
  const regulator = topology.organizations.find(({ role }) => role === 'regulator');

  it('gives every operator the roles of the registry, the gateway’s key in the HSM', () => {
    const roles = Object.fromEntries(peopleOf(paths, op1!).map(({ name, role }) => [name, role]));
    expect(roles).toEqual({
      admin: 'operator-admin',
      reviewer: 'safety-reviewer',
      caadmin: 'ca-admin',
      gateway: 'gateway',
      auditor: 'auditor',
      platform: 'platform',
    });
    expect(
      peopleOf(paths, op1!)
        .filter(({ key }) => key === 'hsm')
        .map(({ name }) => name),
    ).toEqual(['gateway']);
  });

  it('gives the regulator no gateway and its administrator no operator’s role', () => {
    const people = peopleOf(paths, regulator!);
    expect(people.map(({ name }) => name)).not.toContain('gateway');
    expect(people.map(({ role }) => role)).not.toContain('operator-admin');
  });

  it('gives nodes no role, and a chaincode service no signing certificate', () => {
    const nodes = identitiesOf(paths, op1!).filter(({ role }) => role === undefined);
    expect(nodes.map(({ name, signing }) => [name, signing])).toEqual([
      ['orderer', true],
      ['peer', true],
      ['chaincode', false],
    ]);
  });
});

describe('merging configurations', () => {
  it('goes into mappings and replaces lists', () => {
    expect(merge({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, e: 2 })).toEqual({
      a: { b: 1, c: [3] },
      d: 1,
      e: 2,
    });
  });

  it('changes neither side', () => {
    const first = { a: { b: 1 } };
    merge(first, { a: { b: 2 } });
    expect(first).toEqual({ a: { b: 1 } });
  });
});
