import { type Certificate, readCertificate } from './certificates';
import { type ChannelConfig, type OrganizationRoots } from './channel-config';
import { DER_INTEGER, DER_SEQUENCE, derChildren, type DerElement, readDer } from './der';
import { equalBytes, hex } from './digests';
import { ProofError } from './errors';
import { type Identity } from './identities';
import { MAX_CACHED_CERTIFICATES, MAX_CHAIN_LENGTH } from './limits';
import { checkSignature } from './platform/crypto';
import { type Principal } from './signature-policy';

/**
 * Who belongs to an organization under a channel configuration: what Fabric's MSP decides, from the configuration alone.
 * As there, a certificate's expiry does not matter, or old statements would stop holding; its revocation does.
 */
export interface Member {
  readonly mspId: string;
  readonly certificate: Certificate;
  readonly organization: OrganizationRoots;
}

/** OIDs of ecdsa-with-SHA256 and Ed25519, by the key that signs. */
const SIGNATURE_OF_KEY = { p256: '2a8648ce3d040302', ed25519: '2b6570', other: '' } as const;
const TIME_TAGS = new Set([0x17, 0x18]);
const PEM_DASH = 0x2d;
const NOTHING = new Uint8Array(0);

/** Answers by configuration and certificate; pure, bounded. */
const known = new WeakMap<ChannelConfig, Map<string, Member>>();
const revokedOf = new WeakMap<OrganizationRoots, ReadonlySet<string>>();

function issued(issuer: Certificate, certificate: Certificate): boolean {
  const { key } = issuer;
  if (!issuer.isAuthority || !equalBytes(issuer.subject, certificate.issuer)) return false;
  if (certificate.signatureAlgorithm !== SIGNATURE_OF_KEY[key.kind]) return false;
  try {
    return checkSignature(key, certificate.tbs, certificate.signature);
  } catch {
    return false;
  }
}

/** Hex of issuer and serial, for sets. */
function nameOf(issuer: Uint8Array, serial: string): string {
  return `${hex(issuer)}:${serial}`;
}

/** TBSCertList without its version: algorithm, issuer, thisUpdate, [nextUpdate,] [revokedCertificates,] [extensions]. */
function fieldsOf(list: Uint8Array): DerElement[] {
  const der = list[0] === PEM_DASH ? pemBody(list) : list;
  const [tbs] = derChildren(readDer(der, 0).content);
  const fields = derChildren(tbs?.content ?? NOTHING);
  return fields[0]?.tag === DER_INTEGER ? fields.slice(1) : fields;
}

/**
 * Issuer and serials of a CRL (RFC 5280 §5.1). Its signature is not checked again: the configuration that carries it is
 * signed by the orderers, and a list that should not count only refuses more.
 */
function serialsOf(list: Uint8Array): string[] {
  const [, issuer, thisUpdate, ...rest] = fieldsOf(list);
  if (issuer === undefined || thisUpdate === undefined || !TIME_TAGS.has(thisUpdate.tag))
    throw new ProofError('CONFIG_MALFORMED', 'a CRL of the configuration is not of its form');
  const revoked = rest.find(({ tag }) => tag === DER_SEQUENCE);
  return derChildren(revoked?.content ?? NOTHING).map((entry) =>
    nameOf(issuer.whole, hex(readDer(entry.content, 0).content)),
  );
}

function pemBody(list: Uint8Array): Uint8Array {
  const [, body] =
    /-----BEGIN X509 CRL-----([\s\S]+)-----END/.exec(Buffer.from(list).toString('latin1')) ?? [];
  return Buffer.from(body ?? '', 'base64');
}

function revokedSerials(organization: OrganizationRoots): ReadonlySet<string> {
  const before = revokedOf.get(organization);
  if (before !== undefined) return before;
  const serials = new Set(organization.revocationLists.flatMap(serialsOf));
  revokedOf.set(organization, serials);
  return serials;
}

/** The certificates from a leaf up to a root of the organization; null when there is no such path. */
function chainOf(leaf: Certificate, organization: OrganizationRoots): Certificate[] | null {
  const roots = organization.roots.map(readCertificate);
  const others = organization.intermediates.map(readCertificate);
  const chain = [leaf];
  for (let current = leaf; chain.length <= MAX_CHAIN_LENGTH;) {
    const top = current;
    if (roots.some((root) => issued(root, top))) return chain;
    const issuer = others.find((one) => !chain.includes(one) && issued(one, top));
    if (issuer === undefined) return null;
    chain.push(issuer);
    current = issuer;
  }
  return null;
}

function judge(identity: Identity, config: ChannelConfig): Member {
  const { mspId } = identity;
  const details = { msp_id: mspId };
  const organization = config.organizations.get(mspId);
  if (organization === undefined)
    throw new ProofError('SIGNER_UNTRUSTED', `the configuration has no organization ${mspId}`, details);
  const certificate = readCertificate(identity.certificate);
  const chain = chainOf(certificate, organization);
  if (chain === null || certificate.isAuthority) {
    throw new ProofError(
      'SIGNER_UNTRUSTED',
      `the certificate of a signer of ${mspId} does not chain to the organization's roots in the configuration`,
      details,
    );
  }
  const revoked = revokedSerials(organization);
  if (chain.some((one) => revoked.has(nameOf(one.issuer, one.serial))))
    throw new ProofError('SIGNER_REVOKED', `the configuration revokes a signer of ${mspId}`, details);
  return { mspId, certificate, organization };
}

/**
 * The member that an identity is under a configuration.
 * @throws ProofError SIGNER_UNTRUSTED, SIGNER_REVOKED, SIGNATURE_INVALID, CONFIG_MALFORMED
 */
export function memberOf(identity: Identity, config: ChannelConfig): Member {
  const members = known.get(config) ?? new Map<string, Member>();
  known.set(config, members);
  const name = `${identity.mspId}\n${identity.certificate}`;
  const before = members.get(name);
  if (before !== undefined) return before;
  const member = judge(identity, config);
  if (members.size >= MAX_CACHED_CERTIFICATES) members.clear();
  members.set(name, member);
  return member;
}

/** Whether a member is whom a policy's principal means. */
export function isPrincipal(member: Member, principal: Principal): boolean {
  if (principal.kind === 'identity') {
    return (
      principal.mspId === member.mspId &&
      equalBytes(readCertificate(principal.certificate).tbs, member.certificate.tbs)
    );
  }
  if (principal.kind !== 'role' || principal.mspId !== member.mspId) return false;
  if (principal.role === 'member') return true;
  const unit = member.organization.units.get(principal.role);
  return unit !== undefined && member.certificate.organizationalUnits.includes(unit);
}
