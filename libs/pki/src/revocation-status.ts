import { type CertificateFields } from './certificate';
import { type CrlEntry } from './crl-entry';
import { ALL_REASONS, coveredReasons } from './crl-scope';
import { isIssuerOf, isNamedIssuerOf } from './issuer-chain';
import { MAX_CHAIN_LENGTH } from './limits';
import {
  type AcceptedCrl,
  areForked,
  type Evidence,
  examine,
  type GivenCrl,
  isDelta,
  isSameList,
} from './revocation-evidence';
import { type RevocationVerdict, verdict } from './revocation-verdict';
import { isKnownAlgorithm } from './signature-algorithms';

/**
 * The status of one certificate of the chain, and of those above it. `below` are the certificates whose status depends on
 * this one: they can't vouch for it.
 */
export function statusOf(
  certificate: CertificateFields,
  evidence: Evidence,
  below: readonly CertificateFields[],
): RevocationVerdict {
  if (evidence.anchors.has(certificate)) return verdict('good', 'OK', 'the certificate is trusted as given');
  if (below.length > MAX_CHAIN_LENGTH || below.includes(certificate))
    return verdict('invalid', 'ISSUER_CHAIN_TOO_LONG', 'the issuers go round in a circle or are too many');
  const issuer = evidence.issuers.find((one) => isIssuerOf(one, certificate));
  if (issuer === undefined) return issuerProblem(certificate, evidence);
  const chain = [...below, certificate];
  const own = ownStatus(certificate, issuer, evidence, chain);
  // A revocation stands whatever becomes of its issuer.
  if (own.status !== 'good') return own;
  const above = issuerStatus(issuer, evidence, chain);
  return above.status === 'good' ? own : above;
}

function issuerProblem(certificate: CertificateFields, { issuers }: Evidence): RevocationVerdict {
  if (!issuers.some((one) => isNamedIssuerOf(one, certificate)))
    return verdict(
      'unknown',
      'CERTIFICATE_ISSUER_MISMATCH',
      "the certificate of the certificate's issuer was not given",
    );
  const why = isKnownAlgorithm(certificate.outerAlgorithm)
    ? 'the certificate was not signed by the given issuer'
    : 'the certificate is signed with an algorithm that is not supported';
  return verdict('invalid', 'CERTIFICATE_SIGNATURE_INVALID', why);
}

function issuerStatus(
  issuer: CertificateFields,
  evidence: Evidence,
  chain: readonly CertificateFields[],
): RevocationVerdict {
  const anchored = evidence.anchors.has(issuer);
  if (!anchored && (evidence.at < issuer.notBefore || evidence.at > issuer.notAfter))
    return verdict('invalid', 'ISSUER_EXPIRED', 'an issuer was not valid at this time');
  const found = statusOf(issuer, evidence, chain);
  if (found.status === 'revoked')
    return verdict('revoked', 'ISSUER_REVOKED', `an issuer is revoked: ${found.reason}`);
  if (found.status === 'held') return verdict('held', 'ISSUER_HELD', `an issuer is held: ${found.reason}`);
  return found.status === 'unknown'
    ? verdict(
        'unknown',
        'ISSUER_UNKNOWN',
        `the status of an issuer is unknown (${found.code}): ${found.reason}`,
      )
    : found;
}

/** What the lists of the issuer say of the certificate itself. */
function ownStatus(
  certificate: CertificateFields,
  issuer: CertificateFields,
  evidence: Evidence,
  chain: readonly CertificateFields[],
): RevocationVerdict {
  const given = evidence.crls.filter(({ crl }) => crl.issuer.equals(certificate.issuer));
  if (given.length === 0)
    return verdict('unknown', 'CRL_MISSING', "no CRL of the certificate's issuer was given");
  const refused: RefusedCrl[] = [];
  const accepted: AcceptedCrl[] = [];
  for (const one of given) {
    const found = accept(one, issuer, evidence, chain);
    if ('refusal' in found) refused.push(found);
    else accepted.push(found);
  }
  const forked = accepted.some((a, index) => accepted.slice(index + 1).some((b) => areForked(a, b)));
  if (forked)
    return verdict('invalid', 'CRL_EQUIVOCATION', 'two CRLs of one number differ: keep both as evidence');
  const found = readLists(certificate, accepted);
  if (found.status === 'revoked' || found.status === 'held') return found;
  // A refused list may be the one that matters: it is named where the others do not suffice.
  const needed = found.status === 'unknown' ? refused[0] : refused.find((one) => mayChange(one, accepted));
  return needed?.refusal ?? found;
}

interface RefusedCrl extends GivenCrl {
  readonly refusal: RevocationVerdict;
}

function accept(
  given: GivenCrl,
  issuer: CertificateFields,
  evidence: Evidence,
  chain: readonly CertificateFields[],
): AcceptedCrl | RefusedCrl {
  const examined = examine(given, evidence);
  if ('refusal' in examined) {
    const { code, detail } = examined.refusal;
    return { ...given, refusal: verdict('invalid', code, detail) };
  }
  const refusal = signerProblem(examined.accepted.signer, issuer, evidence, chain);
  return refusal === undefined ? examined.accepted : { ...given, refusal };
}

/** Whether a refused list was given to change what a full CRL says: a delta, unless it is only an old one. */
function mayChange(refused: RefusedCrl, accepted: readonly AcceptedCrl[]): boolean {
  const { number } = refused.crl;
  const superseded = accepted.some(
    (one) =>
      !isDelta(one) && number !== undefined && number <= one.number && isSameList(one.crl, refused.crl),
  );
  return isDelta(refused) && !(superseded && refused.refusal.code === 'CRL_STALE');
}

/** A list may be signed by another key of the issuer than the certificate, if that key's certificate is good. */
function signerProblem(
  signer: CertificateFields,
  issuer: CertificateFields,
  evidence: Evidence,
  chain: readonly CertificateFields[],
): RevocationVerdict | undefined {
  if (signer.publicKeyBits.equals(issuer.publicKeyBits)) return undefined;
  const found = issuerStatus(signer, evidence, chain);
  return found.status === 'good'
    ? undefined
    : { ...found, status: found.status === 'invalid' ? 'invalid' : 'unknown' };
}

function readLists(certificate: CertificateFields, accepted: readonly AcceptedCrl[]): RevocationVerdict {
  const fulls = newest(accepted.filter((one) => !isDelta(one)));
  const deltas = accepted.filter(isDelta);
  if (fulls.length === 0)
    return verdict('unknown', 'CRL_BASE_MISSING', 'a delta was given without the full CRL it builds on');
  const covering = fulls.filter(({ crl }) => coveredReasons(crl, certificate) !== 0);
  if (covering.length === 0) return outOfScope(fulls);
  const misfit = covering.map((full) => deltaProblem(full, fulls, deltas)).find((one) => one !== undefined);
  if (misfit !== undefined) return misfit;
  const entries = covering.map((full) => entryOf(certificate.serial, full, deltas));
  const covered = covering.reduce((mask, { crl }) => mask | coveredReasons(crl, certificate), 0);
  const names = new Set(covering.map((full) => nameOf(full, deltas)));
  return verdictOf(entries, covered, [...names].join(', '));
}

function outOfScope(fulls: readonly AcceptedCrl[]): RevocationVerdict {
  return fulls.some(({ crl }) => crl.scope?.indirect === true)
    ? verdict('unknown', 'CRL_UNSUPPORTED', 'the CRL is an indirect one, which is not supported')
    : verdict('unknown', 'CRL_SCOPE_MISMATCH', 'the CRL speaks of other certificates than this one');
}

/** Of several states of one list the one with the highest number. */
function newest(lists: readonly AcceptedCrl[]): AcceptedCrl[] {
  return lists.filter(
    (one) => !lists.some((other) => other.number > one.number && isSameList(other.crl, one.crl)),
  );
}

/** Whether a delta was given that is about this list but can't be applied, or about no list that was given. */
function deltaProblem(
  full: AcceptedCrl,
  fulls: readonly AcceptedCrl[],
  deltas: readonly AcceptedCrl[],
): RevocationVerdict | undefined {
  const stray = deltas.some(({ crl }) => !fulls.some((other) => isSameList(other.crl, crl)));
  if (stray) return verdict('unknown', 'CRL_DELTA_MISMATCH', 'a delta has another scope than every full CRL');
  const ahead = deltas.some(
    (delta) => isSameList(full.crl, delta.crl) && (delta.crl.baseNumber ?? 0n) > full.number,
  );
  return ahead
    ? verdict('unknown', 'CRL_DELTA_MISMATCH', 'a delta builds on a later full CRL than was given')
    : undefined;
}

function appliedDelta(full: AcceptedCrl, deltas: readonly AcceptedCrl[]): AcceptedCrl | undefined {
  return newest(deltas.filter((delta) => isSameList(full.crl, delta.crl) && delta.number > full.number))[0];
}

function nameOf(full: AcceptedCrl, deltas: readonly AcceptedCrl[]): string {
  const delta = appliedDelta(full, deltas);
  return delta === undefined ? `${full.number}` : `${full.number} with delta ${delta.number}`;
}

/** RFC 5280 §6.3.3 i, j: what the newest delta says of the certificate, otherwise what the full CRL says. */
function entryOf(serial: string, full: AcceptedCrl, deltas: readonly AcceptedCrl[]): CrlEntry | undefined {
  const changed = appliedDelta(full, deltas)?.crl.find(serial);
  if (changed?.reason === 'removeFromCRL') return undefined;
  return changed ?? full.crl.find(serial);
}

function verdictOf(
  entries: readonly (CrlEntry | undefined)[],
  covered: number,
  numbers: string,
): RevocationVerdict {
  const listed = entries.filter((entry) => entry !== undefined);
  const final = listed.find(({ reason }) => reason !== 'certificateHold') ?? listed[0];
  if (final !== undefined) {
    const since = `${final.reason ?? 'unspecified'} since ${isoTime(final.revokedAt)}, by CRL ${numbers}`;
    return final.reason === 'certificateHold'
      ? verdict('held', 'HELD', since)
      : verdict('revoked', 'REVOKED', since);
  }
  return (covered & ALL_REASONS) === ALL_REASONS
    ? verdict('good', 'OK', `not listed in CRL ${numbers}`)
    : verdict('unknown', 'CRL_REASONS_INCOMPLETE', 'the CRLs that were given are for some reasons only');
}

const MS = 1000;

function isoTime(unixSeconds: number): string {
  return new Date(unixSeconds * MS).toISOString();
}
