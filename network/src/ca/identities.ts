import { join } from 'node:path';
import * as decode from '../decode';
import type { Paths } from '../paths';
import type { Organization } from '../topology/model';

/** One identity an organization enrolls. */
export interface IdentityPlan {
  readonly name: string;
  /** Fabric CA identity type; becomes the NodeOU. */
  readonly type: 'admin' | 'client' | 'peer' | 'orderer';
  /** Value of the attribute `registry.role`; nodes have none. */
  readonly role: string | undefined;
  readonly key: 'file' | 'hsm';
  /** Nodes that speak TLS only need no signing certificate. */
  readonly signing: boolean;
  /** Attributes of its record at the CAs, which say what it may do there; they are in no certificate. */
  readonly caAttributes: Readonly<Record<string, string>>;
}

const NODE_PLANS: readonly IdentityPlan[] = [
  { name: 'orderer', type: 'orderer', role: undefined, key: 'file', signing: true, caAttributes: {} },
  { name: 'peer', type: 'peer', role: undefined, key: 'file', signing: true, caAttributes: {} },
  { name: 'chaincode', type: 'client', role: undefined, key: 'file', signing: false, caAttributes: {} },
];

/** All identities of an organization: its nodes from the topology, its people from ca-config/identities.yaml. */
export function identitiesOf(paths: Paths, organization: Organization): readonly IdentityPlan[] {
  const nodes = NODE_PLANS.filter((plan) => organization.nodes.some((kind) => kind === plan.name));
  return [...nodes, ...peopleOf(paths, organization)];
}

/** The identities a channel needs before it can begin: its nodes and the administrators who have them join. */
export function isFoundational(plan: IdentityPlan): boolean {
  return plan.role === undefined || plan.type === 'admin';
}

/** The people (and programs acting for people) of an organization. */
export function peopleOf(
  paths: Paths,
  organization: Organization,
): readonly (IdentityPlan & { readonly role: string })[] {
  const file = join(paths.root, 'ca-config/identities.yaml');
  const people = decode.list(decode.readYaml(file)['people'], `${file}:people`);
  return people.flatMap((item, index) => {
    const plan = personOf(item, `${file}:people/${index}`, organization);
    return plan === undefined ? [] : [plan];
  });
}

function personOf(
  item: unknown,
  at: string,
  organization: Organization,
): (IdentityPlan & { readonly role: string }) | undefined {
  const value = decode.fields(item, at);
  decode.onlyKeys(value, at, ['name', 'type', 'roles', 'key', 'ca_attributes']);
  const role = decode.optionalText(
    decode.fields(value['roles'], `${at}/roles`)[organization.role],
    `${at}/roles`,
  );
  if (role === undefined) return undefined;
  return {
    name: decode.slug(value['name'], `${at}/name`),
    type: decode.oneOf(value['type'], `${at}/type`, ['admin', 'client']),
    role,
    key: value['key'] === undefined ? 'file' : decode.oneOf(value['key'], `${at}/key`, ['file', 'hsm']),
    signing: true,
    caAttributes: caAttributesOf(value['ca_attributes'], `${at}/ca_attributes`),
  };
}

function caAttributesOf(value: unknown, at: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const attributes = Object.entries(decode.fields(value, at));
  return Object.fromEntries(attributes.map(([name, text]) => [name, decode.text(text, `${at}/${name}`)]));
}
