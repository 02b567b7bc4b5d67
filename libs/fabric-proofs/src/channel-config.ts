import { type Block } from './block';
import { ProofError } from './errors';
import { certificateKey, type Identity } from './identities';
import { MAX_CONFIG_DEPTH } from './limits';
import { type PublicKey } from './platform/crypto';
import { parsePolicy, type Role, type SignaturePolicy } from './signature-policy';
import { parseEnvelope } from './transaction';
import { TYPE_CONFIG } from './validation-codes';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';

/** One orderer of the BFT cluster, as the configuration names it. */
export interface Consenter {
  /** What block signatures refer to; not an index. */
  readonly id: number;
  readonly mspId: string;
  /** host:port */
  readonly endpoint: string;
  readonly identity: Identity;
  readonly key: PublicKey;
}

/** The certificate authorities of one organization, PEM, and what the channel knows of its certificates. */
export interface OrganizationRoots {
  readonly roots: readonly string[];
  readonly intermediates: readonly string[];
  /** The organizational unit that makes a certificate one of a role; empty where the organization does not tell roles apart. */
  readonly units: ReadonlyMap<Role, string>;
  /** CRLs in the MSP, DER or PEM, as the channel's administrators put them there. */
  readonly revocationLists: readonly Uint8Array[];
}

/** What verification needs of a channel's configuration. */
export interface ChannelConfig {
  readonly sequence: number;
  readonly consenters: readonly Consenter[];
  /** /Channel/Orderer/BlockValidation; null when it is not a policy over named identities. */
  readonly blockValidation: SignaturePolicy | null;
  /** /Channel/Application/Endorsement: who together may vouch for a transaction; null when it is not one over signatures. */
  readonly endorsement: SignaturePolicy | null;
  /** By MSP id, of the application's and the orderers' organisations. */
  readonly organizations: ReadonlyMap<string, OrganizationRoots>;
}

interface ConfigGroup {
  readonly groups: ReadonlyMap<string, ConfigGroup>;
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly policies: ReadonlyMap<string, Uint8Array>;
}

const CONFIG_ENVELOPE = shape({ 1: LEN });
const CONFIG = shape({ 1: VARINT, 2: LEN });
const GROUP = shape({ 2: LEN | REPEATED, 3: LEN | REPEATED, 4: LEN | REPEATED });
const MAP_ENTRY = shape({ 1: LEN, 2: LEN });
const VALUE = shape({ 2: LEN });
const ORDERERS = shape({ 1: LEN | REPEATED });
const CONSENTER = shape({ 1: VARINT, 2: LEN, 3: VARINT, 4: LEN, 5: LEN });
const MSP_CONFIG = shape({ 1: VARINT, 2: LEN });
const FABRIC_MSP = shape({ 1: LEN, 2: LEN | REPEATED, 3: LEN | REPEATED, 5: LEN | REPEATED, 11: LEN });
const NODE_OUS = shape({ 1: VARINT, 2: LEN, 3: LEN, 4: LEN, 5: LEN });
const OU_IDENTIFIER = shape({ 1: LEN, 2: LEN });
/** Fields of FabricNodeOUs. */
const UNIT_ROLES: Readonly<Record<number, Role>> = { 2: 'client', 3: 'peer', 4: 'admin', 5: 'orderer' };

function entryOf(bytes: Uint8Array, name: string): [string, Uint8Array] {
  const reader = new WireReader(bytes, name, 'proof');
  let key = '';
  let value: Uint8Array | undefined;
  while (reader.next(MAP_ENTRY)) {
    if (reader.field === 1) key = reader.text();
    else value = reader.message(value);
  }
  return [key, orEmpty(value)];
}

/** Field 2 of ConfigValue { 1 version, 2 value }. */
function valueOf(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes, 'ConfigValue', 'proof');
  let value: Uint8Array | undefined;
  while (reader.next(VALUE)) value = reader.bytes();
  return orEmpty(value);
}

/** ConfigPolicy { 1 version, 2 Policy }. */
function policyOf(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes, 'ConfigPolicy', 'proof');
  let policy: Uint8Array | undefined;
  while (reader.next(VALUE)) policy = reader.message(policy);
  return orEmpty(policy);
}

function parseGroup(bytes: Uint8Array, depth: number): ConfigGroup {
  if (depth > MAX_CONFIG_DEPTH)
    throw new ProofError('CONFIG_MALFORMED', `more than ${MAX_CONFIG_DEPTH} nested groups`);
  const reader = new WireReader(bytes, 'ConfigGroup', 'proof');
  const groups = new Map<string, ConfigGroup>();
  const values = new Map<string, Uint8Array>();
  const policies = new Map<string, Uint8Array>();
  while (reader.next(GROUP)) {
    const { field } = reader;
    const [key, value] = entryOf(reader.bytes(), 'ConfigGroup entry');
    if (field === 2) groups.set(key, parseGroup(value, depth + 1));
    else if (field === 3) values.set(key, valueOf(value));
    else policies.set(key, policyOf(value));
  }
  return { groups, values, policies };
}

function parseConsenter(bytes: Uint8Array): Consenter {
  const reader = new WireReader(bytes, 'Consenter', 'proof');
  let id = 0;
  let port = 0;
  let host = '';
  let mspId = '';
  let identity: Uint8Array | undefined;
  while (reader.next(CONSENTER)) {
    if (reader.field === 1) id = reader.uint32();
    else if (reader.field === 2) host = reader.text();
    else if (reader.field === 3) port = reader.uint32();
    else if (reader.field === 4) mspId = reader.text();
    else identity = reader.bytes();
  }
  const certificate = Buffer.from(orEmpty(identity)).toString('utf8');
  return {
    id,
    mspId,
    endpoint: `${host}:${port}`,
    identity: { mspId, certificate },
    key: certificateKey(certificate),
  };
}

function parseConsenters(bytes: Uint8Array): Consenter[] {
  const reader = new WireReader(bytes, 'Orderers', 'proof');
  const consenters: Consenter[] = [];
  while (reader.next(ORDERERS)) consenters.push(parseConsenter(reader.bytes()));
  const distinct = new Set(consenters.map(({ identity }) => identity.certificate.trim()));
  if (consenters.length === 0 || distinct.size !== consenters.length) {
    throw new ProofError(
      'CONFIG_MALFORMED',
      'the configuration names no consenters, or one certificate twice',
    );
  }
  return consenters;
}

function parseMsp(bytes: Uint8Array): [string, OrganizationRoots] {
  const outer = new WireReader(bytes, 'MSPConfig', 'proof');
  let inner: Uint8Array | undefined;
  while (outer.next(MSP_CONFIG)) {
    if (outer.field === 2) inner = outer.bytes();
    else outer.int32();
  }
  return parseFabricMsp(orEmpty(inner));
}

/** FabricOUIdentifier { 1 certificate, 2 organizational_unit_identifier }. */
function unitOf(bytes: Uint8Array): string {
  const reader = new WireReader(bytes, 'FabricOUIdentifier', 'proof');
  let unit = '';
  while (reader.next(OU_IDENTIFIER)) {
    if (reader.field === 2) unit = reader.text();
    else reader.bytes();
  }
  return unit;
}

/** FabricNodeOUs { 1 enable, 2 client, 3 peer, 4 admin, 5 orderer }. */
function unitsOf(bytes: Uint8Array): Map<Role, string> {
  const reader = new WireReader(bytes, 'FabricNodeOUs', 'proof');
  const units = new Map<Role, string>();
  let enabled = false;
  while (reader.next(NODE_OUS)) {
    const role = UNIT_ROLES[reader.field];
    if (role === undefined) enabled = reader.bool();
    else units.set(role, unitOf(reader.bytes()));
  }
  return enabled ? units : new Map<Role, string>();
}

function parseFabricMsp(bytes: Uint8Array): [string, OrganizationRoots] {
  const reader = new WireReader(bytes, 'FabricMSPConfig', 'proof');
  let name = '';
  const lists: Record<2 | 3 | 5, Uint8Array[]> = { 2: [], 3: [], 5: [] };
  let units: ReadonlyMap<Role, string> = new Map();
  while (reader.next(FABRIC_MSP)) {
    const { field } = reader;
    if (field === 1) name = reader.text();
    else if (field === 2 || field === 3 || field === 5) lists[field].push(reader.bytes());
    else units = unitsOf(reader.bytes());
  }
  const texts = (list: readonly Uint8Array[]): string[] =>
    list.map((one) => Buffer.from(one).toString('utf8'));
  return [name, { roots: texts(lists[2]), intermediates: texts(lists[3]), units, revocationLists: lists[5] }];
}

function organizationsOf(channel: ConfigGroup): Map<string, OrganizationRoots> {
  const result = new Map<string, OrganizationRoots>();
  for (const part of ['Orderer', 'Application']) {
    for (const organization of channel.groups.get(part)?.groups.values() ?? []) {
      const msp = organization.values.get('MSP');
      if (msp !== undefined) result.set(...parseMsp(msp));
    }
  }
  return result;
}

/** Blocks are judged by named orderers only: configtxgen writes the policy so, and Fabric's orderers check it so. */
function overIdentities(policy: SignaturePolicy | null): SignaturePolicy | null {
  return policy?.principals.every(({ kind }) => kind === 'identity') === true ? policy : null;
}

/**
 * Reads the ConfigEnvelope { 1 Config { 1 sequence, 2 channel_group } } in a configuration transaction.
 * @throws ProofError WIRE_*, CONFIG_MALFORMED, POLICY_UNSUPPORTED
 */
export function parseChannelConfig(bytes: Uint8Array): ChannelConfig {
  const outer = new WireReader(bytes, 'ConfigEnvelope', 'proof');
  let config: Uint8Array | undefined;
  while (outer.next(CONFIG_ENVELOPE)) config = outer.message(config);
  const reader = new WireReader(orEmpty(config), 'Config', 'proof');
  let sequence = 0;
  let channelBytes: Uint8Array | undefined;
  while (reader.next(CONFIG)) {
    if (reader.field === 1) sequence = reader.uint64();
    else channelBytes = reader.message(channelBytes);
  }
  const channel = parseGroup(orEmpty(channelBytes), 0);
  const orderer = channel.groups.get('Orderer');
  return {
    sequence,
    consenters: parseConsenters(orEmpty(orderer?.values.get('Orderers'))),
    blockValidation: overIdentities(parsePolicy(orderer?.policies.get('BlockValidation'))),
    endorsement: parsePolicy(channel.groups.get('Application')?.policies.get('Endorsement')),
    organizations: organizationsOf(channel),
  };
}

/**
 * The configuration a block carries, as ConfigEnvelope bytes.
 * @returns null for a block of ordinary transactions
 * @throws ProofError CONFIG_MALFORMED when a configuration shares its block
 */
export function configBytesOf(block: Block): Uint8Array | null {
  const [first] = block.envelopes;
  if (first === undefined || headerType(first) !== TYPE_CONFIG) return null;
  if (block.envelopes.length !== 1) {
    throw new ProofError(
      'CONFIG_MALFORMED',
      `block ${block.header.number}: a configuration shares its block`,
      {
        block: block.header.number,
      },
    );
  }
  return parseEnvelope(first, 'proof').data;
}

/** The header type of an envelope; null when it can't be read, as in an invalid transaction. */
function headerType(envelope: Uint8Array): number | null {
  try {
    return parseEnvelope(envelope).channelHeader.type;
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

/** Signatures a decision of n consenters needs: ceil((n + f + 1) / 2) with f = floor((n - 1) / 3). */
export function quorumSize(consenters: number): number {
  const faulty = Math.floor((consenters - 1) / 3);
  return Math.ceil((consenters + faulty + 1) / 2);
}
