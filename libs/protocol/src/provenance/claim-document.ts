import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import {
  ATTESTATION_DOMAIN,
  ATTESTATION_VERSION,
  type AttestationClaim,
  MAX_ATTESTATION_TIME,
  ZERO_HASH,
} from './attestation';
import { encodeReference, idReference, type Reference, REFERENCE_TYPES } from './reference';

/** Bytes of a claim file. A claim has some 700; the rest is room for whitespace. */
export const MAX_CLAIM_BYTES = 16_384;

type Members = Readonly<Record<string, unknown>>;

const MEMBERS = [
  'domain_tag',
  'schema_version',
  'model_ref',
  'scheme_ref',
  'content_hash',
  'parent_hash',
  'timestamp',
  'nonce',
  'context_hash_present',
  'context_hash',
];
const REFERENCE_MEMBERS = ['ref_type', 'ref_bytes'];
const HEX_32 = /^[0-9a-f]{64}$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const KNOWN_TYPES: readonly unknown[] = Object.values(REFERENCE_TYPES);

function malformed(what: string, subject: string): RegistryError {
  return new RegistryError('ATTESTATION_MALFORMED', what, { subject });
}

/** A JSON pointer's token for a member (RFC 6901). */
function token(member: string): string {
  return `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function assertMembers(value: Members, known: readonly string[], base: string): void {
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) throw malformed('The member is not known.', base + token(member));
  }
}

function hex32(claim: Members, member: string): string {
  const value = claim[member];
  if (typeof value !== 'string' || !HEX_32.test(value)) {
    throw malformed(`${member} is not 32 bytes in lower-case hex.`, `/${member}`);
  }
  return value;
}

function reference(claim: Members, member: string): Reference {
  const value = claim[member];
  const at = `/${member}`;
  if (!isPlainObject(value)) throw malformed(`${member} is not an object of ref_type and ref_bytes.`, at);
  assertMembers(value, REFERENCE_MEMBERS, at);
  const { ref_type, ref_bytes } = value;
  if (typeof ref_type !== 'number' || !KNOWN_TYPES.includes(ref_type)) {
    throw malformed('ref_type is not 0, 1 or 2.', `${at}/ref_type`);
  }
  if (typeof ref_bytes !== 'string' || !HEX_32.test(ref_bytes)) {
    throw malformed('ref_bytes is not 32 bytes in lower-case hex.', `${at}/ref_bytes`);
  }
  return { ref_type, ref_bytes };
}

function assertVersion(claim: Members): void {
  const version = claim['schema_version'];
  if (version === ATTESTATION_VERSION) return;
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    throw malformed('schema_version is not an integer.', '/schema_version');
  }
  throw new RegistryError(
    'UNSUPPORTED_SCHEMA_VERSION',
    `schema_version is ${version}; only ${ATTESTATION_VERSION} is known.`,
    { subject: '/schema_version' },
  );
}

/** A JSON number reaches 2^53−1 only, so the upper half of the u64 is written as a decimal string. */
function timestamp(claim: Members): bigint {
  const value = claim['timestamp'];
  const isWhole = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  const time = isWhole || (typeof value === 'string' && DECIMAL.test(value)) ? BigInt(value) : -1n;
  if (time < 0n || time > MAX_ATTESTATION_TIME) {
    throw malformed('timestamp is not a whole number from 0 to 2^64−1 in decimal.', '/timestamp');
  }
  return time;
}

/** Forms keep a place for the hash: when it is said to be absent, an empty place or zeros may stand there. */
function context(claim: Members): { readonly context_hash?: string } {
  const present = claim['context_hash_present'];
  if (present === true || present === 1) return { context_hash: hex32(claim, 'context_hash') };
  if (present !== false && present !== 0) {
    throw malformed('context_hash_present is not a boolean, 0 or 1.', '/context_hash_present');
  }
  const placeholder = claim['context_hash'] ?? '';
  if (placeholder !== '' && placeholder !== ZERO_HASH) {
    throw malformed('context_hash is there, but context_hash_present says it is not.', '/context_hash');
  }
  return {};
}

/**
 * The claim of a JSON claim file. What the file leaves open is refused, not guessed: the signature is over the bytes, and
 * a person who read the file must have read what those say.
 *
 * @throws RegistryError ATTESTATION_MALFORMED, whose `subject` is the JSON pointer of the offending member;
 *   UNSUPPORTED_SCHEMA_VERSION; the codes of parseStrictJson.
 */
export function parseClaimDocument(text: string | Uint8Array): AttestationClaim {
  const claim = parseStrictJson(text, { maxBytes: MAX_CLAIM_BYTES });
  if (!isPlainObject(claim)) throw malformed('The claim is not an object.', '');
  if (claim['domain_tag'] !== ATTESTATION_DOMAIN) {
    throw malformed(`domain_tag is not ${ATTESTATION_DOMAIN}.`, '/domain_tag');
  }
  assertVersion(claim);
  assertMembers(claim, MEMBERS, '');
  return {
    schema_version: ATTESTATION_VERSION,
    model_ref: reference(claim, 'model_ref'),
    scheme_ref: reference(claim, 'scheme_ref'),
    content_hash: hex32(claim, 'content_hash'),
    parent_hash: hex32(claim, 'parent_hash'),
    timestamp: timestamp(claim),
    nonce: hex32(claim, 'nonce'),
    ...context(claim),
  };
}

/**
 * A reference as programs and people give it: 64 hex characters (an id, type 0), or the object of ref_type and
 * ref_bytes. Throws REFERENCE_MALFORMED.
 */
export function parseModelReference(value: unknown): Reference {
  if (typeof value === 'string') return idReference(value);
  const { ref_type, ref_bytes, ...rest } = isPlainObject(value) ? value : {};
  if (typeof ref_type !== 'number' || typeof ref_bytes !== 'string' || Object.keys(rest).length > 0) {
    throw new RegistryError(
      'REFERENCE_MALFORMED',
      'A reference is 64 hexadecimal characters, or an object of ref_type and ref_bytes.',
    );
  }
  const ref = { ref_type, ref_bytes };
  encodeReference(ref);
  return ref;
}
