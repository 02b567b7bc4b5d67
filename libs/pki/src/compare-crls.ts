import { type CrlFinding, MAX_FINDINGS } from './crl-finding';
import { type IssuingDistributionPoint } from './distribution-point';
import { type CrlEntry } from './crl-entry';
import { type CrlList } from './parse-crl';

export type CrlComparisonCode =
  | 'issuer-differs'
  | 'key-differs'
  | 'scope-differs'
  | 'kind-differs'
  | 'number-not-greater'
  | 'base-went-back'
  | 'this-update-went-back'
  | 'entry-vanished'
  | 'reason-changed'
  | 'date-changed';

/** What only the issuer knows about the certificates of its list. */
export interface CrlComparison {
  /** notAfter (Unix seconds) of a certificate by its serial (normalized hex); undefined if it is not known. */
  readonly notAfter: (serial: string) => number | undefined;
  /** Whether a hold was lifted, by serial. By default any hold may have been. */
  readonly isLifted?: (serial: string) => boolean;
}

type Finding = CrlFinding<CrlComparisonCode>;

/**
 * Whether an entry may leave the list (RFC 5280 §3.3): only when a list issued after the certificate's expiry has shown it.
 * `thisUpdate` is that of the previous list. So a certificate that is revoked just before it expires, or between two lists,
 * still appears once.
 */
export function mayLeaveCrl(notAfter: number, previousThisUpdate: number): boolean {
  return notAfter < previousThisUpdate;
}

/**
 * What speaks against publishing `next` after `previous`, a list of the same kind and scope: its number has to be greater,
 * and no revocation may be undone. The only lawful disappearances are expired certificates and lifted holds. Run after
 * signing on what was parsed again: it is what stands between a database that lost rows, or an operator who edited them,
 * and clients that would take revoked certificates for good ones. Empty if there is nothing to say against it.
 */
export function compareCrls(previous: CrlList, next: CrlList, facts: CrlComparison): readonly Finding[] {
  const heads = compareHeads(previous, next);
  // A later base has taken up what the delta before said.
  const sameEntries = previous.baseNumber === next.baseNumber;
  return sameEntries ? [...heads, ...compareEntries(previous, next, facts)].slice(0, MAX_FINDINGS) : heads;
}

function compareHeads(previous: CrlList, next: CrlList): Finding[] {
  const findings: Finding[] = [];
  if (!previous.issuer.equals(next.issuer))
    findings.push({ code: 'issuer-differs', detail: 'the lists have two issuers' });
  if (keyOf(previous) !== keyOf(next))
    findings.push({ code: 'key-differs', detail: 'the lists name two signing keys' });
  if (!isSameScope(previous.scope, next.scope))
    findings.push({ code: 'scope-differs', detail: 'the lists speak of different certificates' });
  if (previous.number === undefined || next.number === undefined || next.number <= previous.number)
    findings.push({
      code: 'number-not-greater',
      detail: 'the number is not greater than that of the list before',
    });
  if (next.thisUpdate < previous.thisUpdate)
    findings.push({
      code: 'this-update-went-back',
      detail: 'thisUpdate is earlier than that of the list before',
    });
  return [...findings, ...compareBases(previous.baseNumber, next.baseNumber)];
}

function compareBases(previous: bigint | undefined, next: bigint | undefined): Finding[] {
  if ((previous === undefined) !== (next === undefined))
    return [{ code: 'kind-differs', detail: 'one list is a delta, the other is not' }];
  return previous !== undefined && next !== undefined && next < previous
    ? [{ code: 'base-went-back', detail: 'the delta builds on an earlier base than the one before' }]
    : [];
}

function keyOf(list: CrlList): string | undefined {
  return list.authorityKeyIdentifier?.toString('hex');
}

/** Whether two lists speak of the same certificates, as a delta and its base have to (RFC 5280 §5.2.4). */
export function isSameScope(
  a: IssuingDistributionPoint | undefined,
  b: IssuingDistributionPoint | undefined,
): boolean {
  return scopeText(a) === scopeText(b);
}

function scopeText(scope: IssuingDistributionPoint | undefined): string {
  if (scope === undefined) return '';
  const { names, onlyContains, reasons, indirect } = scope;
  return JSON.stringify([[...names].sort(), onlyContains, reasons, indirect]);
}

function compareEntries(previous: CrlList, next: CrlList, facts: CrlComparison): Finding[] {
  const findings: Finding[] = [];
  for (const before of previous.entries()) {
    const finding = compareEntry(before, next.find(before.serial), previous.thisUpdate, facts);
    if (finding !== undefined) findings.push({ ...finding, serial: before.serial });
    if (findings.length >= MAX_FINDINGS) break;
  }
  return findings;
}

function compareEntry(
  before: CrlEntry,
  after: CrlEntry | undefined,
  previousThisUpdate: number,
  facts: CrlComparison,
): Finding | undefined {
  // In a delta, "removed" is only another word for "no longer listed".
  if (after === undefined || after.reason === 'removeFromCRL') {
    const removed = before.reason === 'removeFromCRL' && after !== undefined;
    if (removed || mayVanish(before, previousThisUpdate, facts)) return undefined;
    return { code: 'entry-vanished', detail: 'a revocation is gone that is still in force' };
  }
  if (before.reason === 'removeFromCRL' || before.reason === 'certificateHold') return undefined;
  if (before.reason !== after.reason)
    return { code: 'reason-changed', detail: 'the reason of a final revocation has changed' };
  return before.revokedAt === after.revokedAt
    ? undefined
    : { code: 'date-changed', detail: 'the date of a final revocation has changed' };
}

function mayVanish({ serial, reason }: CrlEntry, previousThisUpdate: number, facts: CrlComparison): boolean {
  if (reason === 'certificateHold' && (facts.isLifted?.(serial) ?? true)) return true;
  const notAfter = facts.notAfter(serial);
  return notAfter !== undefined && mayLeaveCrl(notAfter, previousThisUpdate);
}
