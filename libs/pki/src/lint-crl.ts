import { isSameScope } from './compare-crls';
import { type CrlFinding, MAX_FINDINGS } from './crl-finding';
import { isTimeTag } from './entry-time';
import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type IssuingDistributionPoint, type OnlyContains, uriName } from './distribution-point';
import { findExtension } from './extensions';
import { MAX_CLOCK_SKEW_S } from './limits';
import { OID } from './oid';
import { type CrlEntry } from './crl-entry';
import { type CrlList, parseTbsCrl } from './parse-crl';
import { PkiFormatError } from './pki-format-error';

export type CrlLintCode =
  | 'malformed'
  | 'algorithm-unsupported'
  | 'issuer-mismatch'
  | 'key-identifier-missing'
  | 'key-identifier-mismatch'
  | 'this-update-ahead'
  | 'this-update-too-old'
  | 'next-update-missing'
  | 'validity-empty'
  | 'validity-too-long'
  | 'time-form'
  | 'number-missing'
  | 'criticality'
  | 'extension-unknown'
  | 'delta-base-not-lower'
  | 'scope-empty'
  | 'scope-mismatch'
  | 'freshest-in-delta'
  | 'reason-unspecified'
  | 'entries-not-ascending'
  | 'entry-after-this-update'
  | 'entry-removed-outside-delta';

/** What the CRL is to be, known to the one that asks for a signature. Times in Unix seconds, spans in seconds. */
export interface CrlLintPolicy {
  readonly at: number;
  /** Longest span from thisUpdate to nextUpdate. */
  readonly maxValidity: number;
  /** How far before `at` thisUpdate may lie. */
  readonly maxBackdate: number;
  /** DER of the issuer's name, and the subjectKeyIdentifier of the key that is going to sign. */
  readonly issuer: Uint8Array;
  readonly authorityKeyIdentifier: Uint8Array;
  /** URI of the shard; undefined for a CRL without one. */
  readonly distributionPoint?: string;
  readonly onlyContains?: OnlyContains;
}

type Finding = CrlFinding<CrlLintCode>;

/**
 * Everything that RFC 5280 and the linters of the field (pkilint, zlint) demand of a CRL, and whether it is the one that
 * was asked for. Run on the bytes that are about to be signed: a CRL that relying parties refuse locks everyone out, and a
 * signature can't be taken back. Empty if there is nothing to say against it.
 */
export function lintCrl(tbs: Uint8Array, policy: CrlLintPolicy): readonly Finding[] {
  let list: CrlList;
  try {
    list = parseTbsCrl(tbs);
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    return [{ code: 'malformed', detail: error.message }];
  }
  return [
    ...lintIssuer(list, policy),
    ...lintTimes(list, policy),
    ...lintTimeForms(tbs),
    ...lintExtensions(list),
    ...lintScope(list, policy),
    ...lintEntries(list),
  ].slice(0, MAX_FINDINGS);
}

function lintIssuer(list: CrlList, policy: CrlLintPolicy): Finding[] {
  const findings: Finding[] = [];
  if (list.innerAlgorithm !== OID.ecdsaWithSha256)
    findings.push({ code: 'algorithm-unsupported', detail: 'the list is not for ECDSA with SHA-256' });
  if (!list.issuer.equals(policy.issuer))
    findings.push({ code: 'issuer-mismatch', detail: 'the list names another issuer' });
  const key = list.authorityKeyIdentifier;
  if (key === undefined || key.length === 0)
    findings.push({ code: 'key-identifier-missing', detail: 'the list does not say which key signs it' });
  else if (!key.equals(policy.authorityKeyIdentifier))
    findings.push({ code: 'key-identifier-mismatch', detail: 'the list names another key' });
  return findings;
}

function lintTimes(
  { thisUpdate, nextUpdate }: CrlList,
  { at, maxBackdate, maxValidity }: CrlLintPolicy,
): Finding[] {
  const findings: Finding[] = [];
  if (thisUpdate > at + MAX_CLOCK_SKEW_S)
    findings.push({ code: 'this-update-ahead', detail: 'thisUpdate lies in the future' });
  if (thisUpdate < at - maxBackdate)
    findings.push({ code: 'this-update-too-old', detail: `thisUpdate is more than ${maxBackdate} s old` });
  if (nextUpdate === undefined) {
    findings.push({ code: 'next-update-missing', detail: 'RFC 5280 demands nextUpdate' });
    return findings;
  }
  if (nextUpdate <= thisUpdate)
    findings.push({ code: 'validity-empty', detail: 'nextUpdate is not after thisUpdate' });
  if (nextUpdate - thisUpdate > maxValidity)
    findings.push({ code: 'validity-too-long', detail: `the list is valid for more than ${maxValidity} s` });
  return findings;
}

const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;
const YEAR_DIGITS = 4;

/** UTCTime until 2049 and GeneralizedTime after, in the head of the list and in every entry (RFC 5280 §5.1.2.4). */
function lintTimeForms(tbs: Uint8Array): Finding[] {
  const outer = new DerReader(tbs);
  const list = outer.inside(outer.expect(TAG.sequence, 'the list'));
  let wrong = 0;
  const look = (reader: DerReader): void => {
    while (isTimeTag(reader.peek())) {
      const found = reader.next('a time');
      const year = Number(reader.content(found).toString('latin1', 0, YEAR_DIGITS));
      if (found.tag === TAG.generalizedTime && year < FIRST_YEAR_OF_GENERALIZED_TIME) wrong += 1;
    }
  };
  for (let i = 0; i < ELEMENTS_BEFORE_TIMES; i += 1) list.next('the head of the list');
  look(list);
  const entries = list.optional(TAG.sequence, 'the entries');
  const reader = entries === undefined ? undefined : list.inside(entries);
  while (reader?.done === false) {
    const entry = reader.inside(reader.next('an entry'));
    entry.next('a serial number');
    look(entry);
  }
  return wrong === 0
    ? []
    : [{ code: 'time-form', detail: `${wrong} times before 2050 are not written as UTCTime` }];
}

/** Version, algorithm, issuer. */
const ELEMENTS_BEFORE_TIMES = 3;

/** The extensions that a list of ours may have, and whether RFC 5280 §5.2 has them critical. */
const CRITICALITY: ReadonlyMap<string, boolean> = new Map([
  [OID.authorityKeyIdentifier, false],
  [OID.crlNumber, false],
  [OID.deltaCrlIndicator, true],
  [OID.issuingDistributionPoint, true],
  [OID.freshestCrl, false],
]);

function lintExtensions(list: CrlList): Finding[] {
  const findings: Finding[] = [];
  for (const { oid, critical } of list.extensions) {
    const expected = CRITICALITY.get(oid);
    if (expected === undefined)
      findings.push({ code: 'extension-unknown', detail: `extension ${oid} is not one of ours` });
    else if (expected !== critical)
      findings.push({ code: 'criticality', detail: `extension ${oid} has the wrong criticality` });
  }
  if (list.number === undefined)
    findings.push({ code: 'number-missing', detail: 'RFC 5280 demands a CRL number' });
  if (list.baseNumber === undefined) return findings;
  if (list.number !== undefined && list.baseNumber >= list.number)
    findings.push({ code: 'delta-base-not-lower', detail: 'a delta has a higher number than its base' });
  if (findExtension(list.extensions, OID.freshestCrl) !== undefined)
    findings.push({ code: 'freshest-in-delta', detail: 'a delta does not name its own deltas' });
  return findings;
}

function lintScope({ scope }: CrlList, policy: CrlLintPolicy): Finding[] {
  const isEmpty = scope?.names.length === 0 && scope.onlyContains === undefined;
  if (isEmpty) return [{ code: 'scope-empty', detail: 'the issuing distribution point says nothing' }];
  const uri = policy.distributionPoint;
  const expected: IssuingDistributionPoint = {
    names: uri === undefined ? [] : [uriName(uri).toString('hex')],
    onlyContains: policy.onlyContains,
    reasons: undefined,
    indirect: false,
  };
  const hasNone = uri === undefined && policy.onlyContains === undefined;
  return isSameScope(scope, hasNone ? undefined : expected)
    ? []
    : [{ code: 'scope-mismatch', detail: 'the list has another scope than was asked for' }];
}

function lintEntries(list: CrlList): Finding[] {
  const findings: Finding[] = [];
  let previous = '';
  for (const entry of list.entries()) {
    const { serial } = entry;
    if (serial.length < previous.length || (serial.length === previous.length && serial <= previous))
      findings.push({
        code: 'entries-not-ascending',
        detail: 'a serial number is twice or out of order',
        serial,
      });
    previous = serial;
    findings.push(...lintEntry(entry, list));
    if (findings.length >= MAX_FINDINGS) break;
  }
  if (list.unknownCriticalEntryExtensions.length > 0)
    findings.push({ code: 'extension-unknown', detail: 'an entry has a critical extension' });
  return findings;
}

function lintEntry({ serial, revokedAt, reason, unspecifiedWritten }: CrlEntry, list: CrlList): Finding[] {
  const findings: Finding[] = [];
  if (unspecifiedWritten === true)
    findings.push({ code: 'reason-unspecified', detail: 'the reason "unspecified" is written out', serial });
  if (revokedAt > list.thisUpdate)
    findings.push({ code: 'entry-after-this-update', detail: 'a revocation lies after thisUpdate', serial });
  if (reason === 'removeFromCRL' && list.baseNumber === undefined)
    findings.push({
      code: 'entry-removed-outside-delta',
      detail: 'only a delta may take an entry away',
      serial,
    });
  return findings;
}
