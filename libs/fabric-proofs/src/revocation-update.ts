import { type Crl, crlBytes } from '@maker-registry/pki';
import {
  assertLeavesInUse,
  type CertificateInUse,
  type ChannelCrl,
  checkChannelCrl,
  isOf,
  readChannelCrl,
} from './channel-crl';
import { type ConfigTree, encodeConfigTree } from './config-tree';
import {
  buildConfigUpdate,
  changedValues,
  parseConfigUpdate,
  valueAt,
  type ValueChange,
  withChanges,
} from './config-update';
import { consenterCertificates, maxTransactionBytes } from './orderer-settings';
import { hex, sha256 } from './digests';
import { ProofError } from './errors';
import { CONFIG_TRANSACTION_OVERHEAD, MAX_LISTED_SERIALS } from './limits';
import { encodeMspConfig, type MspConfig, parseMspConfig, sameExceptRevocations } from './msp-config';

/** Groups in which an organization may stand. Where it is in both, Fabric takes only equal definitions. */
const PARTS = ['Application', 'Orderer'] as const;
const MSP = 'MSP';

/** What a CRL of one CA changes. Serial numbers are lower-case hex without leading zeros, at most 100 of each kind. */
export interface CrlEffect {
  readonly key_id: string;
  /** Of the CRL as it would stand in the configuration. */
  readonly sha256: string;
  readonly number: { readonly before: string | null; readonly after: string };
  readonly entries: { readonly before: number; readonly after: number };
  readonly bytes: { readonly before: number; readonly after: number };
  readonly added: number;
  readonly added_serials: readonly string[];
  /** Entries that leave: lifted holds and expired certificates. */
  readonly removed: number;
  readonly removed_serials: readonly string[];
}

/** What an update of a revocation list would do, found by carrying it out on a copy. */
export interface RevocationEffect {
  readonly channel: string;
  readonly msp_id: string;
  readonly groups: readonly string[];
  readonly crls: readonly CrlEffect[];
  readonly sequence: { readonly before: number; readonly after: number };
  /** Bytes of the configuration transaction that the orderers would make, against what they take. */
  readonly transaction_bytes: number;
  readonly max_transaction_bytes: number;
}

/** What an update is judged by. */
export interface UpdateJudgement {
  readonly channelId: string;
  readonly mspId: string;
  /** Unix seconds. */
  readonly at: number;
  /** Certificates that must stay good, beside the organization's orderers and administrators in the configuration. */
  readonly inUse: readonly CertificateInUse[];
}

/** Where the organization's definition stands. A group's name is often the MSP id, but need not be. */
function pathsOf({ channel }: ConfigTree, mspId: string): string[][] {
  return PARTS.flatMap((part) =>
    [...(channel.groups.get(part)?.groups ?? [])].flatMap(([name, group]) => {
      const msp = group.values.get(MSP);
      const isIt = msp !== undefined && parseMspConfig(msp.content).mspId === mspId;
      return isIt ? [[part, name, MSP]] : [];
    }),
  );
}

/**
 * An organization's definition in the configuration.
 * @throws ProofError CONFIG_MALFORMED when it is in no group, or defined in two ways
 */
export function organizationMsp(config: ConfigTree, mspId: string): MspConfig {
  const found = pathsOf(config, mspId).map((path) => valueAt(config.channel, path)?.content);
  const [first, second] = found;
  const same = second === undefined || (first !== undefined && Buffer.compare(first, second) === 0);
  if (first === undefined || !same) {
    throw new ProofError('CONFIG_MALFORMED', `the configuration does not define ${mspId} once`, {
      msp: mspId,
    });
  }
  return parseMspConfig(first);
}

/**
 * Builds the update that puts a CRL into an organization's revocation list in place of the one of the same CA, in every
 * group that the organization is in. It judges nothing: `judgeRevocationUpdate` does.
 *
 * @returns common.ConfigUpdate, to be signed by one administrator of the organization
 * @throws ProofError CRL_MALFORMED, CRL_AKI_MISSING, CONFIG_MALFORMED
 */
export function revocationConfigUpdate(
  channelId: string,
  config: ConfigTree,
  mspId: string,
  crls: readonly Uint8Array[],
): Buffer {
  const msp = organizationMsp(config, mspId);
  const keyIds = crls.map((bytes) => {
    const keyId = readChannelCrl(bytes).authorityKeyIdentifier?.toString('hex');
    if (keyId !== undefined) return keyId;
    throw new ProofError('CRL_AKI_MISSING', 'the CRL has no key identifier; Fabric would refuse everybody');
  });
  const kept = msp.revocationList.filter((bytes) => !keyIds.some((keyId) => isOf(bytes, keyId)));
  const content = encodeMspConfig(msp, [...kept, ...crls.map((bytes) => crlBytes(bytes))]);
  return buildConfigUpdate(
    channelId,
    config,
    pathsOf(config, mspId).map((path) => ({ path, content })),
  );
}

function assertOwnListOnly(changes: readonly ValueChange[], config: ConfigTree, mspId: string): MspConfig {
  const expected = pathsOf(config, mspId).map((path) => path.join('/'));
  const found = changes.map(({ path }) => path.join('/'));
  const foreign = found.find((path) => !expected.includes(path));
  if (foreign !== undefined) {
    throw new ProofError('UPDATE_TOO_BROAD', `the update changes ${foreign}`, { path: foreign });
  }
  const missing = expected.find((path) => !found.includes(path));
  const [first, ...others] = changes.map(({ after }) => after.content);
  const equal = first !== undefined && others.every((content) => Buffer.compare(content, first) === 0);
  if (missing !== undefined || !equal) {
    throw new ProofError(
      'UPDATE_INCOMPLETE',
      `Fabric wants one definition of ${mspId}: it has to change equally in ${expected.join(' and ')}`,
      { path: missing ?? expected.join(' ') },
    );
  }
  const after = parseMspConfig(first);
  if (!sameExceptRevocations(organizationMsp(config, mspId), after)) {
    throw new ProofError('UPDATE_TOO_BROAD', `the update changes more of ${mspId} than its revocation list`);
  }
  return after;
}

function checkNewLists(
  before: MspConfig,
  after: MspConfig,
  rules: UpdateJudgement,
  inUse: readonly CertificateInUse[],
): ChannelCrl[] {
  const same = (a: Uint8Array) => (b: Uint8Array) => Buffer.compare(a, b) === 0;
  const arriving = after.revocationList.filter((bytes) => !before.revocationList.some(same(bytes)));
  const leaving = before.revocationList.filter((bytes) => !after.revocationList.some(same(bytes)));
  const checked = arriving.map((bytes) => checkChannelCrl(bytes, after, rules.at));
  for (const list of checked) {
    assertLeavesInUse(list, inUse);
    const all = after.revocationList.filter((bytes) => isOf(bytes, list.keyId));
    if (all.length > 1)
      throw new ProofError('CRL_AMBIGUOUS', `two CRLs of ${list.keyId} would stand side by side`);
  }
  for (const bytes of leaving) {
    if (!checked.some(({ keyId }) => isOf(bytes, keyId)))
      throw new ProofError(
        'CRL_WITHDRAWN',
        'the update takes a CRL away and puts none of the same CA in its place',
      );
  }
  if (checked.length === 0)
    throw new ProofError('UPDATE_WITHOUT_EFFECT', 'the revocation list stays as it is');
  return checked;
}

/** @throws ProofError CRL_NUMBER_NOT_GREATER */
function assertNewer({ number }: ChannelCrl, previous: Crl | undefined): void {
  if (previous?.number === undefined || number > previous.number) return;
  const [before, after] = [previous.number.toString(), number.toString()];
  throw new ProofError(
    'CRL_NUMBER_NOT_GREATER',
    `the configuration carries CRL ${before}, which ${after} does not follow`,
    { before, after },
  );
}

function differences(before: Crl | undefined, after: Crl): { added: string[]; removed: string[] } {
  const old = new Set<string>();
  for (const { serial } of before?.entries() ?? []) old.add(serial);
  const added: string[] = [];
  for (const { serial } of after.entries()) if (!old.delete(serial)) added.push(serial);
  return { added, removed: [...old] };
}

function effectOf(list: ChannelCrl, before: MspConfig): CrlEffect {
  const { crl, bytes, keyId, number } = list;
  const old = before.revocationList.find((candidate) => isOf(candidate, keyId));
  const previous = old === undefined ? undefined : readChannelCrl(old);
  assertNewer(list, previous);
  const { added, removed } = differences(previous, crl);
  return {
    key_id: keyId,
    sha256: hex(sha256(bytes)),
    number: { before: previous?.number?.toString() ?? null, after: number.toString() },
    entries: { before: previous?.entryCount ?? 0, after: crl.entryCount },
    bytes: { before: old?.length ?? 0, after: bytes.length },
    added: added.length,
    added_serials: added.slice(0, MAX_LISTED_SERIALS),
    removed: removed.length,
    removed_serials: removed.slice(0, MAX_LISTED_SERIALS),
  };
}

function assertFits(size: number, limit: number): void {
  if (size <= limit) return;
  throw new ProofError(
    'UPDATE_TOO_LARGE',
    `the configuration transaction would have ${size} bytes, the orderers take ${limit}: rotate the issuing CA instead`,
    { actual: size, expected: limit },
  );
}

/**
 * Judges an update of a revocation list before anybody signs or orders it, by carrying it out on a copy of the present
 * configuration: it changes this organization's list and nothing else, in every group that the organization is in; each
 * new CRL is whole, signed by a CA of the organization that it names by key, newer than the one it replaces, leaves
 * everybody whom the organization needs, and fits.
 *
 * Client and gateway judge by this one function: whoever builds an update is not believed by the other.
 *
 * @throws ProofError UPDATE_*, CRL_*, CONFIG_MALFORMED, WIRE_*
 */
export function judgeRevocationUpdate(
  config: ConfigTree,
  bytes: Uint8Array,
  rules: UpdateJudgement,
): RevocationEffect {
  const update = parseConfigUpdate(bytes);
  if (update.channelId !== rules.channelId) {
    throw new ProofError('UPDATE_TOO_BROAD', `the update is for channel ${update.channelId}`);
  }
  const before = organizationMsp(config, rules.mspId);
  const changes = changedValues(config, update);
  const after = assertOwnListOnly(changes, config, rules.mspId);
  const inUse = [
    ...rules.inUse,
    ...consenterCertificates(config, rules.mspId).map((certificate) => ({ name: 'orderer', certificate })),
    ...before.admins.map((pem) => ({
      name: 'administrator',
      certificate: Buffer.from(pem).toString('utf8'),
    })),
  ];
  const crls = checkNewLists(before, after, rules, inUse).map((list) => effectOf(list, before));
  const next = withChanges(config, changes);
  // Read again as peers will: what does not parse now would stop them later.
  organizationMsp(next, rules.mspId);
  const size = encodeConfigTree(next).length + bytes.length + CONFIG_TRANSACTION_OVERHEAD;
  const limit = maxTransactionBytes(config);
  assertFits(size, limit);
  return {
    channel: rules.channelId,
    msp_id: rules.mspId,
    groups: changes.map(({ path }) => path[0] ?? ''),
    crls,
    sequence: { before: config.sequence, after: next.sequence },
    transaction_bytes: size,
    max_transaction_bytes: limit,
  };
}
